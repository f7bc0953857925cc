"""Who opened a connection, and how sure that is."""

import pytest

from tcpladder.connections.roles import RoleBasis
from tests.building import grouped

ENDS = """
    a = 10.0.0.1:1100
    b = 10.0.0.2:2000
    """


@pytest.mark.parametrize(
    ("what", "text", "initiator", "basis"),
    [
        (
            "who sent the SYN",
            "initiator > responder  SYN\n initiator < responder  SYN,ACK",
            ("initiator", 40000),
            RoleBasis.SYN,
        ),
        (
            "who sent the SYN, although the SYN-ACK was captured first",
            "initiator < responder  SYN,ACK seq=0 ack=1\n initiator > responder  SYN seq=0",
            ("initiator", 40000),
            RoleBasis.SYN,
        ),
        ("who sent the first of two SYNs that cross", "a < b  SYN\n a > b  SYN", ("b", 2000), RoleBasis.SYN),
        ("a SYN to an ephemeral port", "a = 192.0.2.1:80\n a > b  SYN", ("a", 80), RoleBasis.SYN),
        (
            "who is answered by a SYN-ACK, when that is all there is",
            "initiator < responder  SYN,ACK\n initiator > responder  ACK",
            ("initiator", 40000),
            RoleBasis.SYN_ACK,
        ),
        ("a SYN-ACK from an ephemeral port", "b = 192.0.2.1:80\n b < a  SYN,ACK", ("b", 80), RoleBasis.SYN_ACK),
        (
            "joined later: a server's port is the responder's, whoever is seen first",
            "initiator < responder  ACK seq=9 len=5",
            ("initiator", 40000),
            RoleBasis.GUESSED,
        ),
        ("joined later, client first", "initiator > responder  ACK seq=9", ("initiator", 40000), RoleBasis.GUESSED),
        (
            "joined later: a port below 1024 is the responder's",
            "b = 198.51.100.2:25\n b > a  ACK seq=9",
            ("a", 1100),
            RoleBasis.GUESSED,
        ),
        (
            "joined later: a registered port against an ephemeral one",
            "b = 198.51.100.2:8080\n a = 192.0.2.1:50000\n b > a  ACK seq=9",
            ("a", 50000),
            RoleBasis.GUESSED,
        ),
        ("joined later: nothing to go by but who is seen first", "b > a  ACK", ("b", 2000), RoleBasis.GUESSED),
        (
            "an RST with SYN opens nothing",
            "initiator < responder  SYN,RST seq=9",
            ("initiator", 40000),
            RoleBasis.GUESSED,
        ),
        ("a socket connected to itself", "a > a  SYN\n a > a  SYN,ACK seq=0", ("a", 1100), RoleBasis.SYN),
    ],
    ids=lambda value: value if isinstance(value, str) and "  " not in value else "",
)
def test_the_initiator_is(what: str, text: str, initiator: tuple[str, int], basis: RoleBasis) -> None:
    connections = grouped(ENDS + text)
    (row,) = connections.table.iter_rows(named=True)
    assert (row["initiator_port"], row["role_basis"]) == (initiator[1], basis.value), what
    sent = connections.segments["from_initiator"].to_list()
    assert sent == [port == initiator[1] for port in connections.segments["source_port"].to_list()]


def test_on_one_address_the_port_tells_the_roles() -> None:
    text = """
        client = 127.0.0.1:50000
        server = 127.0.0.1:8080
        client > server  SYN
        client < server  SYN,ACK
        client > server  ACK
        """
    connections = grouped(text)
    assert connections.table.select("initiator_port", "responder_port").rows() == [(50000, 8080)]
    assert connections.segments["from_initiator"].to_list() == [True, False, True]


def test_with_equal_ports_the_address_tells_the_roles() -> None:
    text = """
        one = 192.0.2.1:5000
        two = 192.0.2.2:5000
        two > one  SYN
        two < one  SYN,ACK
        """
    assert grouped(text).segments["from_initiator"].to_list() == [True, False]
