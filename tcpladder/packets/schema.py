"""Every column of the segment table: its name, type, unit and meaning. The one place."""

import polars as pl

CAPTURED: dict[str, pl.DataType] = {
    "frame": pl.UInt32(),  # record in the file, from 1, as Wireshark numbers it
    "time": pl.Int64(),  # ns since 1970-01-01 UTC, as captured: it may run backwards
    "source": pl.UInt32(),  # id in the AddressBook, of the innermost IP header
    "destination": pl.UInt32(),
    "outer_source": pl.UInt32(),  # id of the outermost IP header's address; null outside tunnels
    "outer_destination": pl.UInt32(),
    "source_port": pl.UInt16(),
    "destination_port": pl.UInt16(),
    "flags": pl.UInt16(),  # 12 bits: packets.flags
    "seq": pl.UInt32(),  # raw SEG.SEQ
    "ack": pl.UInt32(),  # raw SEG.ACK; without meaning unless ACK is set
    "payload_length": pl.UInt32(),  # bytes, from the IP total length, never from what was captured
    "window": pl.UInt16(),  # raw SEG.WND, not scaled
    "ip_id": pl.UInt16(),  # IPv4 identification; null for IPv6
    "ttl": pl.UInt8(),  # time to live or hop limit
    "tsval": pl.UInt32(),  # RFC 7323 §3; null where there is no option. Of an option given twice, the last counts
    "tsecr": pl.UInt32(),
    "mss": pl.UInt16(),  # RFC 9293 §3.7.1; null where there is no option
    "wscale": pl.UInt8(),  # shift count, RFC 7323 §2; null where there is no option
    "sack_permitted": pl.Boolean(),  # RFC 2018 §2
    "sack_count": pl.UInt8(),  # number of SACK blocks; null where there is no option
    "sack_left": pl.UInt32(),  # left edge of the first block, which is the newest (RFC 2018 §4)
    "sack_right": pl.UInt32(),  # right edge of the first block
    "captured_length": pl.UInt32(),  # bytes of the frame that are in the file
    "wire_length": pl.UInt32(),  # bytes of the frame that were on the wire
    "header_length": pl.UInt8(),  # bytes of the TCP header with its options: the data offset times 4
    "option_kinds": pl.UInt32(),  # a bit a kind: packets.options; null where the header is cut
    "option_faults": pl.UInt8(),  # bits: packets.options; null where the header is cut
    "checksum_status": pl.UInt8(),  # packets.checksums; null where it was not verified
    "payload_sum": pl.UInt16(),  # of the payload's 16-bit words: packets.checksums; null unless the checksum is good
    "position": pl.Int64(),  # offset of the record in the file; null where the reader can't know it
}
"""What a reader gives: one row a TCP segment, in frame order."""

GROUPED: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),  # number of the connection, from 1, in order of its first frame
    "from_initiator": pl.Boolean(),  # whether the initiator sent it
}
"""What `connections` adds to it."""


def empty_segments() -> pl.DataFrame:
    """Give a segment table of no rows with all columns that readers give."""
    return pl.DataFrame(schema=CAPTURED)
