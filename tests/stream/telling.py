"""Conversations from what was said, for tests that need no capture."""

import numpy as np

from tcpladder.stream.conversation import Conversation
from tcpladder.tcp.reassembly import Reassembly, Stream, What

Said = tuple[str, bytes | int] | tuple[str, int, What]


def conversation(*said: Said) -> Conversation:
    """Give a conversation of parts such as (">", b"text") or ("<", 12, What.SNAPPED), a frame each, from 10 on."""
    data = [b"", b""]
    offsets = [0, 0]
    rows = []
    for row, (direction, content, *kind) in enumerate(said):
        sender = "><".index(direction)
        what = kind[0] if kind else What.DATA
        length = content if isinstance(content, int) else len(content)
        rows.append((sender, what, len(data[sender]), length, offsets[sender], row))
        data[sender] += b"" if isinstance(content, int) else content
        offsets[sender] += 0 if what is What.DIFFERENT else length
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    return Conversation(
        connection=7,
        endpoints=(("192.0.2.10", 40000), ("198.51.100.20", 443)),
        frames=np.arange(10, 10 + max(len(said), 1), dtype=np.int64),
        reassembly=Reassembly(
            streams=(Stream(data=data[0]), Stream(data=data[1])),
            senders=columns[0],
            kinds=columns[1],
            begins=columns[2],
            lengths=columns[3],
            offsets=columns[4],
            rows=columns[5],
        ),
    )
