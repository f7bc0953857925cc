import asyncio
from typing import Any

class BaseTsharkOutputParser:
    DEFAULT_BATCH_SIZE: int

    async def get_packets_from_stream(
        self, stream: asyncio.StreamReader, existing_data: bytes, got_first_packet: bool = True
    ) -> tuple[Any, bytes]: ...
    def _parse_single_packet(self, packet: bytes) -> Any: ...
    def _extract_packet_from_data(self, data: bytes, got_first_packet: bool = True) -> tuple[bytes | None, bytes]: ...
