"""What a rule is, what it is asked about, and what it finds; the rules themselves are in `tcpladder.rules`."""
