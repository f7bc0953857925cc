"""Which segments belong together, and which endpoint opened."""
