"""Parts of screens, each of which takes plain values and posts messages."""
