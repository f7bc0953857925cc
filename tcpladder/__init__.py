"""TCP connections as ladders, with the state of both endpoints on every segment."""

__version__ = "0.1.0"
