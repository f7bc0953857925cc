"""Why a graph is empty, and what can be done about it: a sentence or two each."""

from tcpladder.graphs.trace import Trace
from tcpladder.tcp.states import Endpoint

OTHER_DIRECTION = "Capture where both directions pass: one link of a bond or one side of a mirror has only one."


def silent(trace: Trace, endpoint: Endpoint) -> str:
    """Say that there is nothing of an endpoint: it sent nothing, or what it sent was not captured."""
    name = endpoint.name.lower()
    if not trace.by(endpoint).any():
        if (trace.counts & trace.has_ack).any():
            return f"Nothing of the {name} was captured, though it was acknowledged. {OTHER_DIRECTION}"
        return f"Nothing of the {name} was captured: it sent nothing, or only one direction was captured."
    return f"The {name} sent no data in this connection."


def unsampled(trace: Trace, sender: Endpoint) -> str:
    """Say why no round trip towards the other side could be measured."""
    if not trace.by(sender.peer).any():
        return silent(trace, sender.peer)
    if not (trace.by(sender) & trace.counts & (trace.end > trace.seq)).any():
        return f"{silent(trace, sender)} A round trip is measured from data to its acknowledgment."
    return (
        f"Nothing that the {sender.name.lower()} sent was acknowledged in this capture, or only after it was sent "
        "again, which leaves open what was acknowledged (Karn, RFC 6298 §3)."
    )


def unstamped(trace: Trace, endpoint: Endpoint) -> str:
    """Say why an endpoint's timestamp clock is not to be seen."""
    if not trace.by(endpoint).any():
        return silent(trace, endpoint)
    if trace.has_timestamps is False:
        return (
            "Time stamps were not negotiated: one of the SYNs has none (RFC 7323 §3.2). "
            "Linux: sysctl net.ipv4.tcp_timestamps; or look whether a middlebox strips the option."
        )
    return f"No segment of the {endpoint.name.lower()} has time stamps, apart from RSTs and SYN-ACKs."
