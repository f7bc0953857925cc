"""How connections are closed."""
