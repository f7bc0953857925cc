"""Picks, by column, the connections that a rule has to examine."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from tcpladder.rulebook.rule import Rule
from tcpladder.rulebook.shard import BoolArray, Shard, UInt8Array
from tcpladder.tcp.endings import Ending

ENDINGS = {ending: code for code, ending in enumerate(Ending)}


def ending_codes(endings: Iterable[Ending]) -> UInt8Array:
    """Give endings as a shard has them."""
    return np.array([ENDINGS[ending] for ending in endings], np.uint8)


def candidates(shard: Shard, rules: Sequence[Rule]) -> BoolArray:
    """Mark for each rule the connections that it has to examine; bool, shape (rules, connections of the shard)."""
    masks = np.zeros((len(rules), len(shard)), np.bool_)
    expressions: dict[str, pl.Expr] = {}
    for place, rule in enumerate(rules):
        if rule.examine is None or not len(shard):
            continue
        masks[place] = _among(shard, rule)
        if isinstance(rule.screen, pl.Expr):
            expressions[str(place)] = rule.screen.fill_null(value=False)
        elif rule.screen is not None and masks[place].any():
            masks[place] &= rule.screen(shard)
    found = shard.segments.lazy().select(**expressions).collect() if expressions else pl.DataFrame()
    for name, rows in found.to_dict().items():
        masks[int(name)] &= shard.having(rows.to_numpy()) if rows.any() else np.False_
    return masks


def _among(shard: Shard, rule: Rule) -> BoolArray:
    if rule.among is None:
        return np.ones(len(shard), np.bool_)
    is_among = np.zeros(len(ENDINGS), np.bool_)
    is_among[[ENDINGS[ending] for ending in rule.among]] = True
    found: BoolArray = is_among[shard.endings]
    return found
