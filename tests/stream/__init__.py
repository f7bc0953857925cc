"""Tests of what endpoints sent each other."""
