"""Who opened: the initiator and the responder of each connection, and how sure that is."""

import enum

import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN

EPHEMERAL_PORTS_FROM = 32768  # Linux' ip_local_port_range; IANA's begins at 49152 (RFC 6335 §6)


class RoleBasis(enum.StrEnum):
    """What the roles rest on. The values are stable: they appear in JSON output."""

    SYN = "syn"  # the initiator's SYN was captured
    SYN_ACK = "syn-ack"  # only the responder's SYN-ACK was
    GUESSED = "guessed"  # neither: by port numbers, else by who was seen first


def with_roles(segments: pl.DataFrame) -> pl.DataFrame:
    """Add `from_initiator` and `role_basis` to a table that has `connection`."""
    is_syn = (pl.col("flags") & (SYN | RST)) == SYN
    has_ack = (pl.col("flags") & ACK) != 0
    sender = pl.struct("source", "source_port")
    receiver = pl.struct("destination", "destination_port")
    first = segments.group_by("connection", maintain_order=True).agg(
        opener=sender.filter(is_syn & ~has_ack).first(),
        answered=receiver.filter(is_syn & has_ack).first(),
        first_sender=sender.first(),
        first_receiver=receiver.first(),
    )
    sent_by_server = _is_server_port("first_sender", "first_receiver")
    guessed = pl.when(sent_by_server).then("first_receiver").otherwise("first_sender")
    # Fields are renamed so that structs of senders and receivers are alike.
    roles = first.with_columns(
        pl.col("answered", "first_receiver").struct.rename_fields(["source", "source_port"])
    ).select(
        "connection",
        initiator_endpoint=pl.coalesce("opener", "answered", guessed),
        role_basis=pl.when(pl.col("opener").is_not_null())
        .then(pl.lit(RoleBasis.SYN.value))
        .when(pl.col("answered").is_not_null())
        .then(pl.lit(RoleBasis.SYN_ACK.value))
        .otherwise(pl.lit(RoleBasis.GUESSED.value)),
    )
    return (
        segments.join(roles, on="connection", how="left", maintain_order="left")
        .with_columns(from_initiator=sender == pl.col("initiator_endpoint"))
        .drop("initiator_endpoint")
    )


def _is_server_port(sender: str, receiver: str) -> pl.Expr:
    """Tell whether the sender's port looks like a service's and the receiver's like an ephemeral one."""
    sent_from = pl.col(sender).struct.field("source_port")
    sent_to = pl.col(receiver).struct[1]
    low_to_high = (sent_from < EPHEMERAL_PORTS_FROM) & (sent_to >= EPHEMERAL_PORTS_FROM)
    well_known = (sent_from < 1024) & (sent_to >= 1024)
    return low_to_high | well_known
