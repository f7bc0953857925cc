"""Tests of what turns files into segment tables and protocol trees."""
