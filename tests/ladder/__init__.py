"""Tests of a connection as a picture."""
