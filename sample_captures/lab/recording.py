"""Records one scenario: tcpdump on both hosts, the kernel's transitions beside them, three files in the end."""

from __future__ import annotations

import json
import platform
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .forwarder import forwarding
from .kernel_trace import Transition, read_transitions, tracing
from .namespaces import INTERFACE, Host, Network, network, set_sysctl
from .pcap import read_pcap, write_pcap, write_pcapng
from .scenarios import client_ports
from .socket_poll import Sighting, polling
from .stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .scenario import Scenario

QUIET = 0.6
"""Seconds without a segment after which a scenario is over: longer than the first retransmission timeout."""


def record(scenario: Scenario, directory: Path) -> None:
    """Play a scenario on two fresh hosts and write NAME.client.pcap, NAME.server.pcap and NAME.kernel.json."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        net = stack.enter_context(network())
        set_sysctl(net.client.namespace, "net/ipv4/ip_local_port_range", client_ports(scenario))
        instance = stack.enter_context(tracing())
        captures = {host.name: Path(scratch, f"{host.name}.pcap") for host in (net.client, net.server)}
        with ExitStack() as running:
            running.enter_context(capturing(net.client, captures["client"]))
            running.enter_context(capturing(net.server, captures["server"]))
            forwarder = running.enter_context(forwarding(net, scenario.policy()))
            poll = running.enter_context(polling((net.client, net.server), scenario.family))
            with Stage(net=net, family=scenario.family, port=scenario.port) as stage:
                scenario.play(stage)
                forwarder.wait_until_quiet(QUIET)
            forwarder.wait_until_quiet(QUIET)
        hosts = {host.address(scenario.family): host.name for host in (net.client, net.server)}
        # Another recording may be under way, between the same addresses but to another port.
        transitions = [
            change
            for change in read_transitions(instance, hosts)
            if scenario.port in (change.local.port, change.remote.port)
        ]
        truth = kernel_truth(scenario, net, transitions, poll.seen)
        (directory / f"{scenario.name}.kernel.json").write_text(as_json(truth))
        shutil.copyfile(captures["client"], directory / f"{scenario.name}.client.pcap")
        if scenario.server_as_pcapng:
            records = read_pcap(captures["server"])
            write_pcapng(directory / f"{scenario.name}.server.pcapng", records, interface=INTERFACE)
        else:
            shutil.copyfile(captures["server"], directory / f"{scenario.name}.server.pcap")


def merge(scenarios: Iterable[Scenario], directory: Path) -> None:
    """Write all client-side captures in order of time to showcase.pcap."""
    clients = [directory / f"{scenario.name}.client.pcap" for scenario in scenarios]
    write_pcap(
        directory / "showcase.pcap", sorted(frame for path in clients if path.exists() for frame in read_pcap(path))
    )


@contextmanager
def capturing(host: Host, path: Path) -> Iterator[None]:
    """Run tcpdump on a host; raises RuntimeError if it does not start."""
    command = ["tcpdump", "-i", INTERFACE, "-w", str(path), "-U", "-n", "--immediate-mode", "-Z", "root"]
    process = subprocess.Popen(
        ["ip", "netns", "exec", host.namespace, *command, "--time-stamp-precision=nano", "tcp"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        words = process.stderr or ()
        if not any("listening on" in line for line in words):
            raise RuntimeError(f"tcpdump did not start on the {host.name}")
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def kernel_truth(
    scenario: Scenario, net: Network, transitions: list[Transition], seen: list[Sighting]
) -> dict[str, object]:
    """Put together what the README describes as NAME.kernel.json."""
    client, server = (host.address(scenario.family) for host in (net.client, net.server))
    names = {client: "client", server: "server"}
    polled = {
        key: [
            {
                "host": sighting.what.host,
                "local": sighting.what.local,
                "remote": sighting.what.remote,
                "seen": True,
                "first_ns": sighting.first_ns,
                "last_ns": sighting.last_ns,
            }
            for sighting in seen
            if sighting.what.state == key.upper()
        ]
        for key in ("syn_rcvd", "fin_wait_2", "time_wait")
    }
    ports = {change.local.port for change in transitions if change.local.address == client}
    misled = {"misled": list(scenario.misled)} if scenario.misled else {}
    return {
        "scenario": scenario.name,
        "what": scenario.what,
        "kernel": platform.release().partition("-")[0],
        "client": {"address": client, "ports": sorted(ports)},
        "server": {"address": server, "port": scenario.port},
        **misled,
        "transitions": [
            {
                "time_ns": change.time_ns,
                "host": names[change.local.address],
                "local": change.local,
                "remote": change.remote,
                "from": change.old,
                "to": change.new,
            }
            for change in transitions
        ],
        **polled,
    }


def as_json(truth: dict[str, object]) -> str:
    """Write an object with one line for every key and every item of a list, which is what reads well in a diff."""
    lines = []
    for key, value in truth.items():
        if isinstance(value, list) and value:
            items = ",\n".join("  " + json.dumps(item) for item in value)
            lines.append(f" {json.dumps(key)}: [\n{items}\n ]")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
