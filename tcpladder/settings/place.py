"""Where the settings are kept, and how a first file is written there."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

FILE_VARIABLE = "TCPLADDER_CONFIG"


def settings_file(environment: Mapping[str, str]) -> Path:
    """Give the file that the environment names, else the one at the place that the platform has for such files."""
    named = environment.get(FILE_VARIABLE, "")
    return Path(named) if named else user_config_path("tcpladder", appauthor=False) / "settings.toml"


def write_first(path: Path, text: str) -> None:
    """Write a file for its owner alone, its directory too if need be; in one go, so that there is a whole one or none.

    Raises FileExistsError where there is one, OSError where none can be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # which is to be said of the file alone
        raise NotADirectoryError(error.errno, "there is a file in the place of its directory") from error
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as directory:
        whole = Path(directory) / path.name
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.link(whole, path)  # which, unlike renaming, fails where there is a file
