"""What the connection list can show of a connection: every column, with the words that explain it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the list, and by which columns of `Listing.table` it is sorted.

    `from_width` is the width of the screen from which on there is room for it, as long as nobody chooses columns.
    """

    key: str
    heading: str
    sorted_by: tuple[str, ...]
    from_width: int = 0
    is_number: bool = False


COLUMNS = (
    Column(key="level", heading="", sorted_by=("gravity",)),
    Column(key="connection", heading="#", sorted_by=("connection",), is_number=True),
    Column(key="initiator", heading="initiator", sorted_by=("initiator", "initiator_port")),
    Column(key="responder", heading="responder", sorted_by=("responder", "responder_port")),
    Column(key="start", heading="start s", sorted_by=("start",), from_width=160, is_number=True),
    Column(key="ending", heading="ended", sorted_by=("ending",)),
    Column(
        key="initiator_state", heading="init state", sorted_by=("initiator_state", "responder_state"), from_width=140
    ),
    Column(
        key="responder_state", heading="resp state", sorted_by=("responder_state", "initiator_state"), from_width=140
    ),
    Column(key="segments", heading="segs", sorted_by=("segments",), from_width=60, is_number=True),
    Column(key="bytes", heading="bytes", sorted_by=("bytes",), from_width=130, is_number=True),
    Column(key="duration", heading="time s", sorted_by=("duration",), from_width=120, is_number=True),
    Column(key="first_frame", heading="frame", sorted_by=("first_frame",), from_width=160, is_number=True),
    Column(key="history", heading="history", sorted_by=("history",), from_width=150),
    Column(key="finding", heading="finding", sorted_by=("gravity", "finding"), from_width=110),
)
"""All columns, in the order in which they stand. The states are the last that the capture shows.

`level` is the sign of the gravest finding; `history` is Zeek's; `finding` names the rule of the gravest finding.
"""
