"""What has to be known of a scenario before it plays."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .faults import lose_nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from .forwarder import Policy
    from .stage import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A scenario's function and its surroundings; a policy counts, so each play gets a new one."""

    play: Callable[[Stage], None]
    port: int = 80
    policy: Callable[[], Policy] = lambda: lose_nothing
    family: socket.AddressFamily = socket.AF_INET
    server_as_pcapng: bool = False
    misled: tuple[str, ...] = ()
    """The hosts whose captures can't tell the other's states, since a device has forged what goes between them."""

    @property
    def name(self) -> str:
        """What the files are called."""
        return self.play.__name__.replace("_", "-")

    @property
    def what(self) -> str:
        """What happens, in one sentence."""
        return (self.play.__doc__ or "").strip()
