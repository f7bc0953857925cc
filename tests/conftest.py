"""Settings of the property tests, and of how many tests run at once.

`pytest --hypothesis-profile=thorough` looks fifty times as long.
"""

import os

import pytest
from hypothesis import settings

# A busy machine is slow now and then, which is no mistake in what is tested.
settings.register_profile("ordinary", deadline=None, print_blob=True)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5000)
settings.load_profile("ordinary")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run two workers a processor: tests of the app, and those that run tshark, wait for half of their time."""
    return 2 * (os.cpu_count() or 1)
