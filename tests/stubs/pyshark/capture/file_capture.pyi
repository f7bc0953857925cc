import asyncio
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

from pyshark.capture.capture import Capture

class FileCapture(Capture):
    input_filepath: Path
    keep_packets: bool
    _packet_generator: Generator[Any]

    def __init__(
        self,
        input_file: str | os.PathLike[str] | None = None,
        keep_packets: bool = True,
        display_filter: str | None = None,
        only_summaries: bool = False,
        decryption_key: str | None = None,
        encryption_type: str = "wpa-pwk",
        decode_as: dict[str, str] | None = None,
        disable_protocol: str | None = None,
        tshark_path: str | None = None,
        override_prefs: dict[str, str] | None = None,
        use_json: bool = False,
        use_ek: bool = False,
        output_file: str | None = None,
        include_raw: bool = False,
        eventloop: asyncio.AbstractEventLoop | None = None,
        custom_parameters: list[str] | dict[str, str] | None = None,
        debug: bool = False,
    ) -> None: ...
