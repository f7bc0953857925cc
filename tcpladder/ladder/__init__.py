"""A connection as a picture, with no terminal in it."""
