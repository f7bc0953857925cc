"""The export formats, one file each: a module here that has a FORMAT is one, and nothing else need know of it."""
