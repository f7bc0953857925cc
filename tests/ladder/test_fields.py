"""A packet's fields in words."""

from tcpladder.ladder.fields import NONE, fields
from tests.building import ladder

TEXT = """
    initiator > responder  SYN mss=1460 wscale=7 sackok tsval=1 tsecr=0 win=1000 ttl=64
    initiator < responder  SYN,ACK mss=1400 wscale=2 sackok  +5ms
    initiator > responder  ACK win=500  +250us
    initiator < responder  PSH,ACK len=2000 +1s
    initiator > responder  ACK ack=1 sack=1001:2001 win=0
    """


def told(row: int) -> dict[str, str]:
    return {field.name: field.value for field in fields(ladder(TEXT), row)}


def test_fields_of_a_syn() -> None:
    found = told(0)
    assert found["from"] == "192.0.2.10:40000"
    assert found["to"] == "198.51.100.20:443"
    assert (found["flags"], found["seq"], found["ack"]) == ("SYN", "0 (raw 1000)", NONE)
    assert (found["MSS"], found["window scale"], found["SACK permitted"]) == ("1460", "7", "yes")
    assert (found["TSval"], found["TSecr"], found["TTL"], found["window"]) == ("1", "0", "64", "1000")


def test_fields_of_what_follows() -> None:
    assert told(2)["window"] == "500 = 64000 bytes"
    assert (told(3)["payload"], told(3)["since before"]) == ("2000 bytes", "+1.000000 s")
    assert told(3)["from"] == "198.51.100.20:443"
    assert (told(4)["SACK"], told(4)["ack"]) == ("1001:2001 (of 1)", "1 (raw 5001)")


def test_every_segment_has_the_same_names() -> None:
    assert len({tuple(told(row)) for row in range(5)}) == 1
