"""Chosen frames of a capture file, copied record by record into what makes up a small capture file of its own.

What is neither pcap nor pcapng (compressed, or another program's) is first rewritten by tshark, which does not dissect
where nothing is filtered or printed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tcpladder.capture.blocks import READ_SIZE, Block, blocks_of
from tcpladder.capture.tshark_job import TSHARK_HINT, Child, Job
from tcpladder.errors import CaptureError, quoted

WHOLE_CAPTURE_BYTES = 2 << 20  # up to here the copy is the whole capture, and every number is the capture's own

Watched = Callable[[Iterator[Block], frozenset[int]], Iterator[Block]]
"""Passes blocks on, and takes note of what it wants to know of the frames that are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Some frames of a capture: `blocks` make up a capture file, whose frame `n` has the number `frames[n - 1]`
    in the original and the bytes `data[n - 1]`. `whole` says that no frame before the last was left out.
    """

    blocks: list[bytes]
    frames: list[int]
    data: list[bytes]
    whole: bool


def copied(  # noqa: PLR0913 - who watches is only there for merged captures
    path: Path,
    wanted: frozenset[int],
    chosen: frozenset[int],
    job: Job,
    directory: Path,
    watched: Watched = lambda blocks, _: blocks,
) -> Copy:
    """Copy the chosen frames, or the whole of a small capture; `directory` is for what tshark has to rewrite.

    Raises CaptureError when none of the wanted frames can be read, OSError when the file can't be opened.
    """
    with path.open("rb", buffering=READ_SIZE) as stream:
        copy = _gathered(watched(blocks_of(stream), wanted), chosen, job)
    if wanted <= frozenset(copy.frames):
        return copy
    rewritten = directory / "rewritten"
    arguments = ["-n", "-r", str(path), "-F", "pcapng", "-w", str(rewritten)]
    if path.stat().st_size > WHOLE_CAPTURE_BYTES:
        arguments += ["-c", str(max(chosen))]
    with Child(job, arguments, directory / "output") as tshark:
        status = tshark.wait(job)
    if rewritten.exists():  # what came before the place where a file is damaged is good
        with rewritten.open("rb", buffering=READ_SIZE) as stream:
            copy = _gathered(blocks_of(stream), chosen, job)
    if status and not wanted & frozenset(copy.frames):
        raise CaptureError(f"{quoted(path)} can't be read by tshark: {tshark.last_words(status)}", TSHARK_HINT)
    return copy


def _gathered(blocks: Iterator[Block], chosen: frozenset[int], job: Job) -> Copy:
    """Keep all blocks as long as they are few, else those of the chosen frames and those that hold no frame."""
    kept: list[tuple[int, bytes, slice | None]] = []
    last, number, size, whole = max(chosen), 0, 0, True
    for _, _, block, where in blocks:
        if where:
            number += 1
            if not number % 4096:
                job.check()
        if whole:
            size += len(block)
            if size > WHOLE_CAPTURE_BYTES:
                whole = False
                kept = [item for item in kept if item[2] is None or item[0] in chosen]
        if whole or where is None or number in chosen:
            kept.append((number, block, where))
        if not whole and number >= last:
            break
    return Copy(
        blocks=[block for _, block, _ in kept],
        frames=[number for number, _, where in kept if where],
        data=[block[where] for _, block, where in kept if where],
        whole=whole,
    )
