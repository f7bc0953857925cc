"""Which connections to keep: a line of text is parsed into a tree, and that is evaluated over the connection table."""
