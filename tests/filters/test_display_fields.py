"""Every name that is suggested is one that tshark knows."""

import subprocess

from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.filters.display_fields import DISPLAY_FIELDS


def test_tshark_knows_every_field() -> None:
    listing = subprocess.run([find_tshark().path, "-G", "fields"], capture_output=True, check=True).stdout.decode()
    known = {line.split("\t")[2] for line in listing.splitlines() if line[:2] in ("F\t", "P\t")}
    assert [field for field in DISPLAY_FIELDS if field not in known] == []


def test_none_is_there_twice() -> None:
    assert len(DISPLAY_FIELDS) == len(set(DISPLAY_FIELDS))
