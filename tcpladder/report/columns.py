"""What the connection list can show of a connection: every column, with the words that explain it."""

from dataclasses import dataclass

LEAST_CHOSEN, MOST_CHOSEN = 1, 100  # cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the list, and by which columns of `Listing.table` it is sorted.

    `from_width` is the width of the screen from which on there is room for it, as long as nobody chooses columns; with
    None it is shown only when somebody chooses it. `about` explains it to who chooses.
    """

    key: str
    heading: str
    sorted_by: tuple[str, ...]
    about: str
    from_width: int | None = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """A column that somebody wants to see, and how many cells wide its entries are to be; None: as wide as needed."""

    key: str
    width: int | None = None


COLUMNS = (
    Column(key="level", heading="", sorted_by=("gravity",), about="sign of the gravest finding"),
    Column(key="connection", heading="#", sorted_by=("connection",), about="number", is_number=True),
    Column(key="initiator", heading="initiator", sorted_by=("initiator", "initiator_port"), about="who opened"),
    Column(key="responder", heading="responder", sorted_by=("responder", "responder_port"), about="the other end"),
    Column(
        key="start",
        heading="start s",
        sorted_by=("start",),
        about="seconds since the capture began",
        from_width=170,
        is_number=True,
    ),
    Column(key="ending", heading="ended", sorted_by=("ending",), about="how it ended: its class"),
    Column(
        key="initiator_state",
        heading="init state",
        sorted_by=("initiator_state", "responder_state"),
        about="the initiator's last state",
        from_width=180,
    ),
    Column(
        key="responder_state",
        heading="resp state",
        sorted_by=("responder_state", "initiator_state"),
        about="the responder's last state",
        from_width=180,
    ),
    Column(
        key="segments",
        heading="segs",
        sorted_by=("segments",),
        about="segments captured",
        from_width=60,
        is_number=True,
    ),
    Column(
        key="bytes",
        heading="bytes",
        sorted_by=("bytes",),
        about="payload of both ends",
        from_width=130,
        is_number=True,
    ),
    Column(
        key="duration",
        heading="time s",
        sorted_by=("duration",),
        about="how long it took",
        from_width=120,
        is_number=True,
    ),
    Column(
        key="first_frame",
        heading="frame",
        sorted_by=("first_frame",),
        about="its first packet",
        from_width=190,
        is_number=True,
    ),
    Column(key="history", heading="history", sorted_by=("history",), about="Zeek's history", from_width=150),
    Column(
        key="finding",
        heading="finding",
        sorted_by=("gravity", "finding"),
        about="rule of the gravest finding",
        from_width=110,
    ),
)
"""The columns of the printed list, in the order in which they stand. The states are the last that the capture shows."""

ACTIVITY = Column(
    key="activity",
    heading="activity",
    sorted_by=("start",),
    about="segments over the capture's time",
    from_width=160,
)
OFFERED = (
    *COLUMNS,
    ACTIVITY,
    Column(
        key="date",
        heading="began (UTC)",
        sorted_by=("start",),
        about="when it began",
        from_width=None,
    ),
    Column(
        key="irtt",
        heading="iRTT ms",
        sorted_by=("irtt",),
        about="round trip of the handshake",
        from_width=165,
        is_number=True,
    ),
    Column(key="conn_state", heading="Zeek", sorted_by=("conn_state",), about="Zeek's conn_state", from_width=None),
    Column(
        key="retransmissions",
        heading="retx",
        sorted_by=("retransmissions",),
        about="segments sent again",
        from_width=None,
        is_number=True,
    ),
    Column(
        key="initiator_bytes",
        heading="init bytes",
        sorted_by=("initiator_bytes",),
        about="payload that the initiator sent",
        from_width=None,
        is_number=True,
    ),
    Column(
        key="responder_bytes",
        heading="resp bytes",
        sorted_by=("responder_bytes",),
        about="payload that the responder sent",
        from_width=None,
        is_number=True,
    ),
    Column(
        key="responder_port",
        heading="port",
        sorted_by=("responder_port",),
        about="the responder's port: the service",
        from_width=None,
        is_number=True,
    ),
    Column(
        key="closed_first",
        heading="closed by",
        sorted_by=("closed_first",),
        about="who sent the first FIN",
        from_width=None,
    ),
    Column(
        key="reset_by",
        heading="reset by",
        sorted_by=("reset_by",),
        about="who sent the RST that ended it",
        from_width=None,
    ),
    Column(
        key="findings",
        heading="found",
        sorted_by=("findings",),
        about="how many findings there are",
        from_width=None,
        is_number=True,
    ),
)
"""All columns that can be chosen."""

BY_KEY = {column.key: column for column in OFFERED}


def known(choices: tuple[ColumnChoice, ...]) -> tuple[ColumnChoice, ...]:
    """Give what is left of choices without columns that there are not, and without a column's second choice.

    Widths are brought into bounds.
    """
    first = {choice.key: choice for choice in reversed(choices) if choice.key in BY_KEY}
    kept = dict.fromkeys(choice.key for choice in choices if choice.key in BY_KEY)
    return tuple(
        ColumnChoice(key=key, width=width and max(LEAST_CHOSEN, min(width, MOST_CHOSEN)))
        for key in kept
        for width in (first[key].width,)
    )
