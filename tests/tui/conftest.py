"""What tests of the app share."""

import pytest

from tcpladder.analysis import Analysis
from tests.samples import sample


@pytest.fixture
def showcase() -> Analysis:
    """Give the analysis of showcase.pcap. Reading it takes a loop of its own, so it can't be done inside of a test."""
    return sample("showcase")
