"""Tests of `tcpladder.capture.readers`."""
