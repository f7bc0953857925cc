"""The names that a machine's hosts file gives to addresses (hosts(5))."""

import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path

from tcpladder.settings.names import Address, fit_name

LARGEST_FILE = 1 << 24  # bytes that are read of it


def hosts_file() -> Path:
    """Give where the platform has the file, whether it is there or not."""
    if os.name == "nt":
        return Path(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "System32" / "drivers" / "etc" / "hosts"
    return Path("/etc/hosts")


def hosts(path: Path) -> dict[Address, str]:
    """Give each address' name: the first on its first line. A file that can't be read has none."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE).decode(errors="replace")
    except OSError:
        return {}
    return names_in(text.splitlines())


def names_in(lines: Iterable[str]) -> dict[Address, str]:
    """Take what lines such as `10.0.0.9 db db.example  # a comment` say; one that says nothing is passed over.

    The unspecified address, to which lists of hosts to be blocked lead, has no name.
    """
    found: dict[Address, str] = {}
    for line in lines:
        written, *names = line.partition("#")[0].split()[:2] or [""]
        try:
            address = ipaddress.ip_address(written)
        except ValueError:
            continue
        name = fit_name(names[0]) if names else ""
        if name and not address.is_unspecified:
            found.setdefault(address, name)
    return found
