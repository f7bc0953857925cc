"""What tests of the app share."""

from pathlib import Path

import pytest

from tcpladder.analysis import Analysis
from tests.samples import sample


@pytest.fixture(autouse=True)
def _forgotten_filters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the filters that tests use out of the user's history, and the other way round."""
    for module in ("tui.filter_history", "tui.hints", "tui.recent_files", "annotations.sidecar"):
        monkeypatch.setattr(f"tcpladder.{module}.user_state_path", lambda *_, **__: tmp_path / "state")
    # Nothing is written beside the samples.
    monkeypatch.setattr("tcpladder.annotations.sidecar.beside", lambda path: tmp_path / f"{path.name}.tcpladder.json")


@pytest.fixture(autouse=True)
def _silent_tshark(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no tshark tell of payloads in view, but to tests of that: what it says comes at any time."""
    if "infos" not in request.module.__name__ and "info_asking" not in request.module.__name__:
        monkeypatch.setattr("tcpladder.tui.info_asking.InfoAsking.soon", lambda *_: None)


@pytest.fixture(autouse=True)
def _lasting_toasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have toasts stay, however long a slow machine takes for a test."""
    monkeypatch.setattr("textual.app.App.NOTIFICATION_TIMEOUT", 600)


@pytest.fixture
def showcase() -> Analysis:
    """Give the analysis of showcase.pcap. Reading it takes a loop of its own, so it can't be done inside of a test."""
    return sample("showcase")
