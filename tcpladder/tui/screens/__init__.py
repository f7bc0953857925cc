"""Whole screens, one for each question that a user asks of a capture."""
