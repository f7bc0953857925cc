"""Tests of what a rule is, and of what rules share."""
