"""Tests of frames in disguise."""
