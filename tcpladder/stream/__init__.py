"""What the endpoints sent each other, as lines and as something to search; with no terminal in it."""
