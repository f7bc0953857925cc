"""Captures to measure with: real traffic of real connections, and more of it by copying.

Recording takes Linux and root: it happens on the loopback interface of a network namespace.
"""

import asyncio
import contextlib
import os
import random
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SERVER = ("127.0.0.1", 9000)
NOBODY = ("127.0.0.1", 9001)
AT_ONCE = 50
SIZES = (0, 100, 1000, 20_000, 100_000)
SNAP_LENGTH = 96
RECORDING_TIMEOUT_S = 600
FILE_HEADER, RECORD_HEADER = 24, 16  # bytes of a pcap file
SOURCE, DESTINATION = (RECORD_HEADER + 14 + field for field in (12, 16))  # IPv4 addresses after an Ethernet header


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        left = int.from_bytes(await reader.readexactly(4))
        while left > 0:
            writer.write(b"x" * min(left, 1448))
            await writer.drain()
            left -= 1448
            await asyncio.sleep(0)
    writer.close()


async def _connect(gate: asyncio.Semaphore, choice: random.Random) -> None:
    async with gate:
        with contextlib.suppress(ConnectionError):
            if choice.random() < 0.02:
                await asyncio.open_connection(*NOBODY)
        with contextlib.suppress(ConnectionError):
            reader, writer = await asyncio.open_connection(*SERVER)
            if choice.random() < 0.05:
                end: socket.socket = writer.get_extra_info("socket")
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if choice.random() > 0.1:
                writer.write(choice.choice(SIZES).to_bytes(4))
                while await reader.read(1000):
                    pass
            writer.close()


async def traffic(connections: int) -> None:
    """Open and end many connections: some refused, some ended by RST, some at once."""
    choice = random.Random(7)  # noqa: S311 - traffic that is the same each time, no secret
    await asyncio.start_server(_serve, *SERVER)
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_connect(gate, choice) for _ in range(connections)))


def record(path: Path, connections: int) -> None:
    """Record the traffic of so many connections, in a network namespace of its own."""
    namespace = f"tcpladder{os.getpid()}"
    inside = ["ip", "netns", "exec", namespace]
    subprocess.run(["ip", "netns", "add", namespace], check=True)
    try:
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        options = ["-i", "lo", "-s", str(SNAP_LENGTH), "-B", "65536", "-Z", "root", "-w", str(path)]
        with subprocess.Popen([*inside, "tcpdump", *options, "tcp"], stderr=subprocess.PIPE) as tcpdump:
            if tcpdump.stderr is None or not any(b"listening" in line for line in tcpdump.stderr):
                raise RuntimeError("tcpdump does not listen")
            code = f"import asyncio; from tests.benchmarks.captures import traffic; asyncio.run(traffic({connections}))"
            subprocess.run([*inside, sys.executable, "-c", code], check=True, timeout=RECORDING_TIMEOUT_S)
            time.sleep(1)  # tcpdump writes what it still holds
            tcpdump.terminate()
    finally:
        subprocess.run(["ip", "netns", "del", namespace], check=True)


def records_of(content: bytes) -> list[int]:
    """Give where the records of a little-endian pcap file begin."""
    offsets, at = [], FILE_HEADER
    while at + RECORD_HEADER <= len(content):
        offsets.append(at)
        at += RECORD_HEADER + int.from_bytes(content[at + 8 : at + 12], "little")
    return offsets


def multiply(source: Path, target: Path, packets: int) -> int:
    """Write copies of an Ethernet/IPv4 capture one after the other until there are so many packets; give how many.

    Each copy has addresses of its own, and comes later. Checksums are not adapted: the packets are cut anyway.
    """
    content = source.read_bytes()
    offsets = np.array(records_of(content), np.int64) - FILE_HEADER
    original = np.frombuffer(content, np.uint8)[FILE_HEADER:]
    seconds_at = offsets[:, None] + np.arange(4)
    seconds = original[seconds_at].view("<u4")[:, 0]
    span = int(seconds.max() - seconds.min()) + 1
    written = 0
    with target.open("wb") as file:
        file.write(content[:FILE_HEADER])
        for copy in range(-(-packets // len(offsets))):
            kept = min(len(offsets), packets - written)
            body = original.copy()
            body[seconds_at] = (seconds + copy * span).astype("<u4").view(np.uint8).reshape(-1, 4)
            for place in (SOURCE, DESTINATION):
                body[offsets + place] = 10
                body[offsets + place + 1] = copy >> 8
                body[offsets + place + 2] = copy & 0xFF
            file.write((body[: offsets[kept]] if kept < len(offsets) else body).tobytes())
            written += kept
    return written
