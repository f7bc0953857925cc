"""Tests of what a segment is."""
