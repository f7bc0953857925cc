"""Records many connections that reuse few ports on one address: python -m tests.data.make_reused_ports (Linux, root).

A client and a server on 127.0.0.1, in a network namespace of their own with PORTS ephemeral ports, open and end
CONNECTIONS connections, by FIN from either side or by RST. What they did is written beside the capture.
"""

import contextlib
import gzip
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
FIRST_PORT, PORTS = 40000, 60
CONNECTIONS = 500
SERVER = ("127.0.0.1", 9000)
TIMEOUT_S = 120
SNAP_LENGTH = 80  # all headers, no payload


def serve(listener: socket.socket, done: threading.Event) -> None:
    """Answer a request of one byte: the byte says how many bytes are wanted, and who closes."""
    while not done.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            request = connection.recv(1)
            if not request:
                continue
            connection.sendall(b"x" * 100)
            if request == b"s":
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(1000):
                    continue


def connect(who_closes: str) -> bool:
    """Open a connection and end it as `who_closes` says; tell whether a port was free for it."""
    with socket.socket() as client:
        try:
            client.connect(SERVER)
        except OSError:
            return False
        client.sendall(b"s" if who_closes == "server" else b"c")
        left = 100
        while left:
            left -= len(client.recv(left))
        if who_closes == "server":
            client.recv(1)
        elif who_closes == "nobody":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return True


def traffic() -> None:
    """Make the traffic; runs inside the namespace."""
    Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(f"{FIRST_PORT} {FIRST_PORT + PORTS - 1}")
    choice = random.Random(7)  # noqa: S311 - traffic that is the same each time, no secret
    listener = socket.create_server(SERVER)
    listener.settimeout(0.2)
    done = threading.Event()
    server = threading.Thread(target=serve, args=(listener, done))
    server.start()
    made = 0
    while made < CONNECTIONS:
        if connect(choice.choice(["server", "server", "server", "client", "nobody"])):
            made += 1
        else:
            time.sleep(0.1)  # every port is in TIME-WAIT: wait until one may be used again
    done.set()
    server.join()
    listener.close()


def main() -> None:
    """Record it."""
    namespace = f"tcpladder{os.getpid()}"
    inside = ["ip", "netns", "exec", namespace]
    capture = HERE / "reused-ports.pcap"
    subprocess.run(["ip", "netns", "add", namespace], check=True)
    try:
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        options = ["-i", "lo", "-s", str(SNAP_LENGTH), "-U", "-Z", "root", "--immediate-mode", "-w", str(capture)]
        with subprocess.Popen([*inside, "tcpdump", *options, "tcp"], stderr=subprocess.PIPE) as tcpdump:
            if tcpdump.stderr is None or not any(b"listening" in line for line in tcpdump.stderr):
                raise RuntimeError("tcpdump does not listen")
            code = "from tests.data.make_reused_ports import traffic; traffic()"
            subprocess.run([*inside, sys.executable, "-c", code], check=True, timeout=TIMEOUT_S)
            time.sleep(0.5)
            tcpdump.terminate()
            tcpdump.wait()
    finally:
        subprocess.run(["ip", "netns", "del", namespace], check=True)
    (HERE / "reused-ports.pcap.gz").write_bytes(gzip.compress(capture.read_bytes(), 9, mtime=0))
    capture.unlink()
    (HERE / "reused-ports.json").write_text(json.dumps({"connections": CONNECTIONS, "ports": PORTS}) + "\n")


if __name__ == "__main__":
    main()
