"""How connections come about, or fail to."""
