"""An RST was probably not sent by the endpoint in whose name it comes.

## What it checks
Hints are added up: a TTL far from that of the endpoint's other segments; an IP ID unlike theirs; an answer sooner than
the endpoint can have given it; several RSTs that guess at the number; the same RST sent to the other side at the same
time; and above all an endpoint that goes on as if it had not reset anything. No hint proves it alone, and none is taken
alone.

## Why it matters
Firewalls, load balancers and intrusion prevention systems reset in an endpoint's name. Then neither application has a
fault, and neither log has a word of it.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK ttl=52 ip_id=0
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK ttl=52 ip_id=401
    initiator < responder  RST,ACK ttl=63 ip_id=17   !
    initiator < responder  PSH,ACK len=500 ttl=52 ip_id=402  +100ms  !

## Near miss
    # Linux answers so for a socket that is gone: no window, IP ID 0, and the same TTL.
    initiator > responder  SYN ip_id=500
    initiator < responder  SYN,ACK ttl=52 ip_id=7
    initiator > responder  ACK ip_id=501
    initiator < responder  FIN,ACK ttl=52 ip_id=8
    initiator > responder  ACK ip_id=502
    initiator > responder  PSH,ACK len=100 ip_id=503
    initiator < responder  RST win=0 seq=2 ttl=52 ip_id=0

## Harmless when
The device is meant to do so: a firewall that resets what it does not let pass, or what was idle for too long.

## Likely causes
- a firewall's policy, or its idle time limit
- an intrusion prevention system, or censorship
- a load balancer: no server left, too many connections, reset on timeout

## What to try next
Capture before and behind the suspected device. Many of them write down why they reset.

## References
- RFC 5961 §1
- RFC 9293 §3.5.3
"""

from collections.abc import Iterator

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.lone_resets import has_plain_reset
from tcpladder.rulebook.reset_screens import has_reset
from tcpladder.rulebook.resets import Reason, resets
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.wording import name
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find the first RST in each endpoint's name against which enough speaks."""
    for endpoint in Endpoint:
        foreign = [
            reset
            for reset in resets(subject)
            if reset.sender is endpoint and reset.is_foreign and reset.reason is not Reason.FILTER
        ]
        if not foreign:
            continue
        reset = foreign[0]
        others = {frame for hint in reset.hints for frame in hint.frames}
        words = "; it ".join(hint.words for hint in reset.hints)
        yield Match(
            frames=(reset.segment.frame, *sorted(others)),
            endpoint=endpoint,
            confidence=Confidence.MEDIUM,
            message=f"The RST in the {name(endpoint)}'s name was probably sent by another device: it {words}.",
        )


def screen(shard: Shard) -> BoolArray:
    """Mark connections with an RST against which something may speak."""
    return shard.once(has_reset) & ~has_plain_reset(shard)


RULE = Rule(
    id="rst-foreign-origin",
    level=Level.NOTE,
    category=Category.RESET,
    sources=("RFC 5961 §1", "RFC 9293 §3.5.3"),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
