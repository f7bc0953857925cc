"""Wireshark's names of what is most often asked of TCP, for completion; tshark knows many more."""

_TCP = (
    "analysis.retransmission analysis.fast_retransmission analysis.spurious_retransmission analysis.out_of_order "
    "analysis.duplicate_ack analysis.lost_segment analysis.ack_lost_segment analysis.zero_window "
    "analysis.zero_window_probe analysis.zero_window_probe_ack analysis.window_update analysis.window_full "
    "analysis.keep_alive analysis.keep_alive_ack analysis.reused_ports analysis.rto analysis.ack_rtt "
    "analysis.initial_rtt analysis.bytes_in_flight analysis.flags port srcport dstport flags flags.syn flags.ack "
    "flags.fin flags.reset flags.push flags.urg flags.ece flags.cwr flags.str seq seq_raw ack ack_raw len stream "
    "window_size window_size_value window_size_scalefactor checksum checksum.status time_delta time_relative hdr_len "
    "urgent_pointer options options.mss_val options.wscale.shift options.sack options.sack_perm options.sack_le "
    "options.sack_re options.timestamp.tsval options.timestamp.tsecr payload segment_data pdu.size reassembled_in"
)
_IP = "addr src dst ttl id len proto flags.df flags.mf frag_offset dsfield.dscp dsfield.ecn version"
_IPV6 = "addr src dst hlim plen nxt flow"
_FRAME = "number time_relative time_delta len cap_len"

DISPLAY_FIELDS: tuple[str, ...] = tuple(
    f"{protocol}.{name}"
    for protocol, names in (("tcp", _TCP), ("ip", _IP), ("ipv6", _IPV6), ("frame", _FRAME))
    for name in names.split()
)
"""Names of fields, as a display filter writes them, those first that are asked for most."""
