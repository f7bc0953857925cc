"""Captures into segment tables without any other program: whole columns at once, never packet by packet."""
