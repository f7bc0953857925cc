"""What a segment is, as columns."""
