"""What users write about packets and connections: marks and notes, kept in a small file beside the capture."""
