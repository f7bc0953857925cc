"""TCP connections as ladders, with the state of both endpoints on every segment.

As a library (docs/library.md): `tcpladder.open` reads a capture; a `Capture` gives its connections, and data frames.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis, Progress, analyse, progressive
    from tcpladder.errors import CaptureError, TcpladderError, TsharkError, UsageError
    from tcpladder.ladder.rungs import Ladder, Rung
    from tcpladder.library import Capture, Connection, HostPort, open
    from tcpladder.rulebook.findings import Finding
    from tcpladder.rulebook.levels import Confidence, Level
    from tcpladder.tcp.endings import Ending
    from tcpladder.tcp.states import Basis, Endpoint, State
    from tcpladder.tcp.timeline import Timeline

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "analysis",
    "Basis": "tcp.states",
    "Capture": "library",
    "CaptureError": "errors",
    "Confidence": "rulebook.levels",
    "Connection": "library",
    "Ending": "tcp.endings",
    "Endpoint": "tcp.states",
    "Finding": "rulebook.findings",
    "HostPort": "library",
    "Ladder": "ladder.rungs",
    "Level": "rulebook.levels",
    "Progress": "analysis",
    "Rung": "ladder.rungs",
    "State": "tcp.states",
    "TcpladderError": "errors",
    "Timeline": "tcp.timeline",
    "TsharkError": "errors",
    "UsageError": "errors",
    "analyse": "analysis",
    "open": "library",
    "progressive": "analysis",
}
"""Where each public name is defined: it is imported when it is first used, so that the program starts quickly."""

__all__ = [
    "Analysis",
    "Basis",
    "Capture",
    "CaptureError",
    "Confidence",
    "Connection",
    "Ending",
    "Endpoint",
    "Finding",
    "HostPort",
    "Ladder",
    "Level",
    "Progress",
    "Rung",
    "State",
    "TcpladderError",
    "Timeline",
    "TsharkError",
    "UsageError",
    "analyse",
    "open",
    "progressive",
]


if not TYPE_CHECKING:  # who checks types is told above, and of misspelt names as well

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'tcpladder' has no attribute {name!r}")
        from importlib import import_module

        found = globals()[name] = getattr(import_module(f"tcpladder.{_HOMES[name]}"), name)
        return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
