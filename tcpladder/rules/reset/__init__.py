"""RSTs: what they answer, and whether they count."""
