"""Content as the native reader has it, made of bytes."""

import numpy as np

from tcpladder.capture.native.content import Content
from tcpladder.capture.native.frames import Frames


def content_of(data: bytes, base: int = 0) -> Content:
    """Give content of these bytes, with room for no more."""
    content = Content(len(data))
    content.free()[: len(data)] = data
    content.size, content.base = len(data), base
    return content


def frames_in(contents: list[bytes], link: int, wire: list[int] | None = None) -> tuple[Content, Frames]:
    """Give content that is nothing but these frames, and what a file says of them."""
    lengths = np.array([len(data) for data in contents], np.int64)
    zeros = np.zeros(len(contents), np.int64)
    frames = Frames(
        numbers=np.arange(1, len(contents) + 1),
        starts=np.cumsum(lengths) - lengths,
        captured=lengths,
        wire=lengths if wire is None else np.array(wire, np.int64),
        times=zeros,
        positions=zeros,
        links=zeros + link,
    )
    return content_of(b"".join(contents)), frames
