"""Hosts, ports and paths, from several connections."""
