"""Tests of `tcpladder.capture.native`."""
