"""RSTs of a shard's connections, as the screens of rules about them ask for them."""

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.closing import goes_on
from tcpladder.rulebook.shard import BoolArray, Shard


def is_reset(shard: Shard) -> BoolArray:
    """Mark the RSTs."""
    return shard.has(RST)


def has_reset(shard: Shard) -> BoolArray:
    """Mark connections with an RST."""
    return shard.having(shard.once(is_reset))


def repeats_reset(shard: Shard) -> BoolArray:
    """Mark connections of which one endpoint sent several RSTs."""
    resets = shard.once(is_reset)
    return goes_on(shard, resets, resets, same_sender=True)


def resets_each_other(shard: Shard) -> BoolArray:
    """Mark connections of which both endpoints sent RSTs."""
    resets = shard.once(is_reset)
    return shard.having(resets & shard.from_initiator) & shard.having(resets & ~shard.from_initiator)


def outlives_reset(shard: Shard) -> BoolArray:
    """Mark connections of which an endpoint sent anything else after an RST of its own."""
    return goes_on(shard, shard.once(is_reset), shard.once(_others), same_sender=True)


def ignores_reset(shard: Shard, resets: BoolArray) -> BoolArray:
    """Mark connections of which an endpoint sends anything with ACK after one of some RSTs of the other side."""
    return goes_on(shard, resets, shard.once(_others) & shard.has(ACK), same_sender=False)


def resets_opening(shard: Shard) -> BoolArray:
    """Mark connections with an RST before which its sender sent nothing but SYNs."""
    resets = shard.first_of(shard.once(is_reset))
    others = shard.first_of(shard.once(_others) & ~shard.has(SYN))
    by_initiator, by_responder = (reset < other for reset, other in zip(resets, others, strict=True))
    found: BoolArray = by_initiator | by_responder
    return found


def _others(shard: Shard) -> BoolArray:
    """Mark what is no RST, in connections with one."""
    others: BoolArray = shard.once(has_reset)[shard.connection] & ~shard.once(is_reset)
    return others
