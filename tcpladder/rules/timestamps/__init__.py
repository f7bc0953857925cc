"""The timestamp option (RFC 7323)."""
