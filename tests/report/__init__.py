"""Tests of an analysis as text."""
