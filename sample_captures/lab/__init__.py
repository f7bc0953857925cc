"""The lab that records the sample captures: two Linux hosts, a slow wire between them, and the kernel's own word."""
