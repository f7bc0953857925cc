"""Every column of the data frames of connections, segments and findings: name, type and meaning. The one place."""

from dataclasses import dataclass

import polars as pl

from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.tcp.states import Basis, Endpoint, State

STATE_NAMES = [state.name for state in State]
END_NAMES = [end.name.lower() for end in Endpoint]
TIMED_STATES = [state for state in State if state is not State.UNKNOWN]

NUMBER, SHORT, BYTES, WORDS, SECONDS = pl.UInt32(), pl.UInt16(), pl.UInt64(), pl.String(), pl.Float64()
TIME = pl.Datetime("ns", "UTC")
STATE = pl.Enum(STATE_NAMES)
END = pl.Enum(END_NAMES)
BASIS = pl.Enum([basis.word for basis in Basis])
LEVEL = pl.Enum([level.word for level in Level])
CONFIDENCE = pl.Enum([confidence.word for confidence in Confidence])


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """The type of a column, and what stands in it."""

    dtype: pl.DataType
    about: str


def _state_seconds() -> dict[str, FrameColumn]:
    return {
        f"{end}_{state.name.lower()}_s": FrameColumn(
            SECONDS, f"Seconds that the {end} was in {state.name}, as far as the capture shows; null if it never was."
        )
        for end in END_NAMES
        for state in TIMED_STATES
    }


CONNECTION_COLUMNS: dict[str, FrameColumn] = {
    "connection": FrameColumn(NUMBER, "Its number, from 1, in order of the first frame."),
    "initiator": FrameColumn(WORDS, "Address of the endpoint that opened it."),
    "initiator_port": FrameColumn(SHORT, "Its port."),
    "responder": FrameColumn(WORDS, "Address of the other endpoint."),
    "responder_port": FrameColumn(SHORT, "Its port."),
    "role_basis": FrameColumn(WORDS, "What these roles rest on: `syn`, `syn-ack` or `guessed`."),
    "first_frame": FrameColumn(NUMBER, "Its first frame, as Wireshark numbers it."),
    "start": FrameColumn(TIME, "Time of its earliest segment."),
    "duration_s": FrameColumn(SECONDS, "Seconds from its earliest segment to its latest."),
    "segments": FrameColumn(NUMBER, "Segments captured of it."),
    "retransmissions": FrameColumn(NUMBER, "Those of them that were sent again."),
    "initiator_bytes": FrameColumn(BYTES, "Payload bytes that the initiator sent; what was sent again counts again."),
    "responder_bytes": FrameColumn(BYTES, "Payload bytes that the responder sent; likewise."),
    "ending": FrameColumn(WORDS, "What became of it, such as `graceful-4way`, `refused` or `open-at-end`."),
    "closed_first": FrameColumn(END, "Which endpoint sent the first FIN; null without one."),
    "reset_by": FrameColumn(END, "Which endpoint sent the RST that ended it; null without one."),
    "reset_frame": FrameColumn(NUMBER, "The frame of that RST."),
    "reset_answers": FrameColumn(NUMBER, "The frame that it replies to; null where it answers none."),
    "reset_reason": FrameColumn(WORDS, "Why it was probably sent, in words."),
    "level": FrameColumn(LEVEL, "Level of its gravest finding; null without findings. `note` < `violation`."),
    "findings": FrameColumn(NUMBER, "How many findings are about it."),
    "rules": FrameColumn(WORDS, "The rules that they come from, the gravest first, with `;` between them."),
    "initiator_state": FrameColumn(STATE, "The initiator's last known state."),
    "responder_state": FrameColumn(STATE, "The responder's last known state."),
    "initiator_states": FrameColumn(WORDS, "States that the initiator went through, in order, with `;` between them."),
    "responder_states": FrameColumn(WORDS, "States that the responder went through; likewise."),
    "tags": FrameColumn(WORDS, "What else is to be said of it, with `;` between the words."),
    "conn_state": FrameColumn(WORDS, "Zeek's `conn_state`."),
    "history": FrameColumn(WORDS, "Zeek's `history`."),
    "rtt_handshake_ms": FrameColumn(SECONDS, "Round-trip time of the handshake, both ways, in milliseconds."),
    "rtt_handshake_initiator_ms": FrameColumn(SECONDS, "The initiator's way of it: from SYN-ACK to ACK."),
    "rtt_handshake_responder_ms": FrameColumn(SECONDS, "The responder's way of it: from SYN to SYN-ACK."),
    "rtt_timestamps_min_ms": FrameColumn(SECONDS, "Least round-trip time by time stamps, in milliseconds."),
    "rtt_timestamps_median_ms": FrameColumn(SECONDS, "Median round-trip time by time stamps, in milliseconds."),
    "rtt_acknowledgments_min_ms": FrameColumn(SECONDS, "Least round-trip time by acknowledgments, in milliseconds."),
    "rtt_acknowledgments_median_ms": FrameColumn(
        SECONDS, "Median round-trip time by acknowledgments, in milliseconds."
    ),
    "has_timestamps": FrameColumn(pl.Boolean(), "Whether both use time stamps (RFC 7323); null where not captured."),
    "initiator_clock_hz": FrameColumn(SECONDS, "Ticks a second of the clock behind the initiator's time stamps."),
    "responder_clock_hz": FrameColumn(SECONDS, "The same of the responder."),
    "mark": FrameColumn(WORDS, "The letter that a user marked it with."),
    "note": FrameColumn(WORDS, "What a user wrote about it."),
    **_state_seconds(),
}
"""A row a connection, in order of their numbers."""

SEGMENT_COLUMNS: dict[str, FrameColumn] = {
    "connection": FrameColumn(NUMBER, "Number of the connection that it belongs to."),
    "frame": FrameColumn(NUMBER, "Its frame, as Wireshark numbers it."),
    "time": FrameColumn(TIME, "When it was captured."),
    "elapsed_s": FrameColumn(
        SECONDS, "Seconds since the connection's first segment; below 0 where times run backwards."
    ),
    "delta_s": FrameColumn(SECONDS, "Seconds since the connection's segment before; 0 for the first."),
    "sender": FrameColumn(END, "Which endpoint sent it."),
    "source": FrameColumn(WORDS, "Address that it comes from."),
    "source_port": FrameColumn(SHORT, "Port that it comes from."),
    "destination": FrameColumn(WORDS, "Address that it goes to."),
    "destination_port": FrameColumn(SHORT, "Port that it goes to."),
    "flags": FrameColumn(WORDS, "Its flags, such as `SYN,ACK`; `-` without any."),
    "seq": FrameColumn(pl.Int64(), "Sequence number relative to the ISN, as Wireshark shows it; does not wrap."),
    "ack": FrameColumn(pl.Int64(), "Acknowledgment number, likewise; null without ACK."),
    "payload_length": FrameColumn(NUMBER, "Payload bytes."),
    "window_bytes": FrameColumn(pl.Int64(), "Window that it offers, scaled; null where the scale is not known."),
    "initiator_before": FrameColumn(STATE, "The initiator's state before it."),
    "responder_before": FrameColumn(STATE, "The responder's state before it."),
    "initiator_after": FrameColumn(STATE, "The initiator's state after it."),
    "responder_after": FrameColumn(STATE, "The responder's state after it."),
    "initiator_basis": FrameColumn(BASIS, "What the initiator's state after it rests on. `unknown` < `seen`."),
    "responder_basis": FrameColumn(BASIS, "What the responder's state after it rests on; likewise."),
    "initiator_passed": FrameColumn(WORDS, "States gone through in between, where two segments took effect at once."),
    "responder_passed": FrameColumn(WORDS, "The same of the responder."),
    "labels": FrameColumn(WORDS, "Such as `retransmission` or `zero-window`, with `;` between them; null without any."),
    "rules": FrameColumn(WORDS, "Rules with a finding that it is a proof of, with `;` between them; null without any."),
    "seq_raw": FrameColumn(NUMBER, "Sequence number as it was on the wire."),
    "ack_raw": FrameColumn(NUMBER, "Acknowledgment number as it was on the wire; null without ACK."),
    "window_raw": FrameColumn(SHORT, "Window as it was on the wire."),
    "mss": FrameColumn(SHORT, "MSS option; null without it."),
    "wscale": FrameColumn(pl.UInt8(), "Shift count of the window scale option; null without it."),
    "sack_permitted": FrameColumn(pl.Boolean(), "Whether it has the SACK-permitted option."),
    "sack_count": FrameColumn(pl.UInt8(), "Number of SACK blocks; null without the option."),
    "sack_left": FrameColumn(pl.Int64(), "Left edge of the first SACK block, relative as `ack` is."),
    "sack_right": FrameColumn(pl.Int64(), "Right edge of the first SACK block, likewise."),
    "tsval": FrameColumn(NUMBER, "Time stamp; null without the option."),
    "tsecr": FrameColumn(NUMBER, "Time stamp that it echoes; null without the option."),
    "ttl": FrameColumn(pl.UInt8(), "Time to live, or hop limit."),
    "ip_id": FrameColumn(SHORT, "IPv4 identification; null for IPv6."),
    "wire_length": FrameColumn(NUMBER, "Bytes of the frame on the wire."),
    "captured_length": FrameColumn(NUMBER, "Bytes of the frame in the file."),
    "mark": FrameColumn(WORDS, "The letter that a user marked it with."),
    "note": FrameColumn(WORDS, "What a user wrote about it."),
    "comment": FrameColumn(WORDS, "What the capture itself says of it."),
}
"""A row a segment, connection by connection, in frame order."""

STATE_COLUMNS: dict[str, FrameColumn] = {
    "connection": FrameColumn(NUMBER, "Number of the connection."),
    "endpoint": FrameColumn(END, "Whose state it is."),
    "state": FrameColumn(STATE, "The state, as RFC 9293 names it, or `UNKNOWN`."),
    "basis": FrameColumn(BASIS, "What this rests on. `unknown` < `inferred` < `seen`."),
    "event": FrameColumn(WORDS, "What brought it about, in words; null for the state before the first segment."),
    "frame": FrameColumn(NUMBER, "The frame at which it began; null likewise."),
    "cause_frame": FrameColumn(
        NUMBER, "The frame that brought it about: an earlier one where its arrival shows later."
    ),
    "time": FrameColumn(TIME, "When it began; the first segment's time for the state before that."),
    "duration_s": FrameColumn(SECONDS, "Seconds until the next state, or until the connection's last segment."),
}
"""A row for each state that an endpoint was in: connection by connection, in order, first the initiator's."""

FINDING_COLUMNS: dict[str, FrameColumn] = {
    "rule": FrameColumn(WORDS, "The rule, as `tcpladder explain` takes it."),
    "level": FrameColumn(LEVEL, "How grave it is. `note` < `deviation` < `violation`."),
    "confidence": FrameColumn(CONFIDENCE, "How sure it is. `low` < `medium` < `high`."),
    "connection": FrameColumn(NUMBER, "Number of the connection; null for what belongs to no single one."),
    "initiator": FrameColumn(WORDS, "Address of the endpoint that opened the connection."),
    "initiator_port": FrameColumn(SHORT, "Its port."),
    "responder": FrameColumn(WORDS, "Address of the other endpoint."),
    "responder_port": FrameColumn(SHORT, "Its port."),
    "endpoint": FrameColumn(END, "The endpoint at fault; null where that is none."),
    "about": FrameColumn(WORDS, "The host, or host and port, that it is about, where it belongs to no one connection."),
    "frame": FrameColumn(NUMBER, "The frame that decides it; null without one."),
    "time": FrameColumn(TIME, "When that frame was captured."),
    "message": FrameColumn(WORDS, "What was found, in words."),
    "frames": FrameColumn(WORDS, "All frames that prove it, the decisive one first, with `;` between them."),
    "connections": FrameColumn(WORDS, "Connections that it rests on, where they are several, with `;` between them."),
    "lacking": FrameColumn(WORDS, "What the capture lacks, where that made it weaker, with `;` between."),
    "missing": FrameColumn(WORDS, "All that the capture lacks of its connections, with `;` between."),
    "would_change": FrameColumn(WORDS, "What would make it graver, surer or harmless, in sentences."),
}
"""A row a finding, the gravest first."""


def schema(columns: dict[str, FrameColumn]) -> dict[str, pl.DataType]:
    """Give the types of columns by their names, as polars takes them."""
    return {name: column.dtype for name, column in columns.items()}
