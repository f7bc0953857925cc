"""Tests of which segments belong together."""
