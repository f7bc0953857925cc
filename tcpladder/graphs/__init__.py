"""A connection over time: its segments as series of numbers, and those as dots. No terminal in it."""
