"""Settings of the property tests, of how many tests run at once, and of the garbage collection meanwhile.

`pytest --hypothesis-profile=thorough` looks fifty times as long.
"""

import gc
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


def pytest_configure() -> None:
    """Look for garbage seldom: it took a fifth of the time."""
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """Never look for it among the tests, which live to the end."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let go of everything in the end, as without that."""
    gc.unfreeze()
