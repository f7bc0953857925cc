"""The tests: the same tree and names as tcpladder/."""
