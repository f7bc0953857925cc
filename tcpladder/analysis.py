"""From a file to what is known about it: the only road that the faces take."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import CaptureNotice, NoticeKind, ReadRequest
from tcpladder.connections.table import Connections, group
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import empty_segments
from tcpladder.tcp.timeline import Histories, Timeline, histories, timeline
