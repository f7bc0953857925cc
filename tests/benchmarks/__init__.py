"""Measures speed; nothing asserts it."""
