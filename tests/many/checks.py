"""Checks of captures that are made from text, or are samples."""

from pathlib import Path

from tcpladder.library import Capture
from tcpladder.many.checking import Checked, check_of
from tests.building import analysed
from tests.samples import sample

PATH = Path("made.pcap")


def check_made(text: str) -> Checked:
    """Check a capture that is made from a text ladder."""
    return check_of(Capture(analysed(text)), PATH)


def check_sample(name: str) -> Checked:
    """Check a sample capture."""
    return check_of(Capture(sample(name)), PATH)
