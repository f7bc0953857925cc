"""What happens in each sample capture: one plain function a scenario, and a table of them for every theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .basics import BASICS
from .likenesses import LIKENESSES
from .queues import QUEUES
from .reasons import REASONS
from .timestamps import TIMESTAMPS
from .waiting import WAITING

if TYPE_CHECKING:
    from sample_captures.lab.scenario import Scenario

SCENARIOS = (*BASICS, *REASONS, *TIMESTAMPS, *QUEUES, *WAITING, *LIKENESSES)
"""In the order in which they are recorded, one after the other."""


def client_ports(scenario: Scenario) -> str:
    """Give each scenario a hundred ephemeral ports of its own, so that no 4-tuple appears in two captures."""
    lowest = 40_000 + 100 * SCENARIOS.index(scenario)
    return f"{lowest} {lowest + 99}"
