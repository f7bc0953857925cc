"""Sequence numbers and flow control, as far as judging ends rests on them."""
