"""Tests of what TCP was doing."""
