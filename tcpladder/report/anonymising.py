"""Reports for strangers: the same findings about the same segments, and nothing that tells who was talking.

What is disguised, and what is not, is said in docs/anonymising.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tcpladder.analysis import Analysis
from tcpladder.anonymity.disguise import Disguise, disguise_of
from tcpladder.anonymity.keys import Key, random_key
from tcpladder.capture.left_out import CUT, FRAGMENTS, MALFORMED
from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.connections.renumbering import with_ports
from tcpladder.packets.addresses import AddressBook
from tcpladder.report.model import Origin, Report
from tcpladder.settings.names import NO_NAMES

SENTENCES = {
    NoticeKind.INCOMPLETE: "Not all of the capture was read.",
    NoticeKind.MERGED: "A capture was named more than once, and is taken once.",
    NoticeKind.NO_TCP: "The capture holds no TCP segments.",
    NoticeKind.SKIPPED: "Frames are left out that could not be read.",
    NoticeKind.DISGUISED: "They were disguised already when they were read.",
}
"""What is said in place of notices, which name files and programs."""

DISGUISED = CaptureNotice(
    kind=NoticeKind.DISGUISED,
    sentence="Addresses and clients' ports are disguised: whoever has these was not part of it.",
)


def anonymised(report: Report, key: Key | None = None) -> Report:
    """Give a report of the same with disguised addresses and ports, and without names, marks and notes.

    The same key gives the same disguise in reports of any captures; without one there is a new one each time. What is
    judged is judged anew, when it is first asked for.
    """
    analysis = report.analysis
    table = analysis.connections.table
    disguise = disguise_of(
        analysis.addresses.texts(),
        table["responder"].to_numpy(),
        table["responder_port"].to_numpy(),
        key or random_key(),
    )
    return replace(
        report,
        analysis=disguised(analysis, disguise),
        scope="all connections" if report.is_all else "chosen connections",
        contents=replace(report.contents, has_notes=False),
        annotations=None,
        names=NO_NAMES,
        origin=Origin(analysis=analysis, disguise=disguise),
    )


def disguised(analysis: Analysis, disguise: Disguise) -> Analysis:
    """Give an analysis in disguise. Its file is not there: nobody can look anything up in it."""
    files = tuple(_file_names(len(analysis.named)))
    return analysis.changed(
        path=files[0],
        files=files,
        addresses=AddressBook.of(map(disguise.addresses.text, analysis.addresses.texts())),
        connections=with_ports(analysis.connections, disguise.ports.of),
        notices=(DISGUISED, *map(_disguised_notice, analysis.notices)),
    )


def _file_names(count: int) -> Iterator[Path]:
    """Name captures by their order: a file's own name may tell whose it is."""
    yield from (Path(f"capture-{number}") for number in range(1, count + 1)) if count > 1 else (Path("capture"),)


def _disguised_notice(notice: CaptureNotice) -> CaptureNotice:
    """Give a notice without names; those of frames that were left out for a reason of their own have none."""
    if notice.kind is NoticeKind.SKIPPED and notice.sentence.endswith((CUT, MALFORMED, FRAGMENTS)):
        return notice
    return replace(notice, sentence=SENTENCES[notice.kind])
