"""The key that opens the export dialog, for each screen that has something to export."""

from textual.binding import Binding


def export_key(place: str, *, show: bool = True) -> Binding:
    """Give the key for a screen whose actions' ids begin with `place`."""
    return Binding(
        "s,f2", "app.export", "Export", tooltip="Export connections to a file", show=show, id=f"{place}.export"
    )
