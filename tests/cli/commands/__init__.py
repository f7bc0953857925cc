"""Tests of the subcommands, one file each."""
