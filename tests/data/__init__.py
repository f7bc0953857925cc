"""Small captures of real kernels, for the formats that a kernel can be made to speak; record.py made them."""
