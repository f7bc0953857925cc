"""The command line: it opens the faces, and is one of the two doors at which errors are shown."""
