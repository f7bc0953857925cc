"""What users may choose once for all: one file of settings, and where each value in force comes from."""
