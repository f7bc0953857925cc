"""Tests of disguises."""
