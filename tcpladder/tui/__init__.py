"""The terminal app: an analysis on the screen, and the only place that knows Textual."""
