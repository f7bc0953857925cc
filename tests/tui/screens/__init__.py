"""Tests of whole screens."""
