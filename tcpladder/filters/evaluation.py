"""Which connections a tree keeps: masks over columns, and no loop over connections."""

import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import polars as pl

from tcpladder.filters.facts import BoolArray, Coded, Facts, IntArray
from tcpladder.filters.tokens import About, Token, token_named
from tcpladder.filters.tree import All, Any, Comparison, Criterion, Network, Node, Not, Number, Pattern, Text, Value
from tcpladder.filters.values import ValueProblem, address, folded, matching
from tcpladder.settings.names import Named

SHOWN_WORDS = ("ending", "rules")
ENDS = ("initiator", "responder")
PORTS = 1 << 16


def kept(node: Node, facts: Facts) -> BoolArray:
    """Tell of each connection, in order of its number, whether a tree keeps it."""
    match node:
        case Text():
            return _shown(node.text, facts)
        case Criterion():
            return _tested(node, facts)
        case Not():
            return ~kept(node.node, facts)
        case All():
            return functools.reduce(
                np.logical_and, (kept(inner, facts) for inner in node.nodes), _every(facts, is_kept=True)
            )
        case Any():
            return _any((kept(inner, facts) for inner in node.nodes), facts)


def _every(facts: Facts, *, is_kept: bool) -> BoolArray:
    return np.full(len(facts), is_kept, np.bool_)


def _any(masks: Iterable[BoolArray], facts: Facts) -> BoolArray:
    return functools.reduce(np.logical_or, masks, _every(facts, is_kept=False))


def _tested(test: Criterion, facts: Facts) -> BoolArray:
    token = token_named(test.token)
    if token is None:
        raise AssertionError(f"{test.token} was parsed")
    if test.comparison is Comparison.IS_NOT:
        return ~_tested(Criterion(token=test.token, comparison=Comparison.IS, values=test.values), facts)
    match token.about:
        case About.ADDRESS:
            return _by_address(token, test.values, facts)
        case About.WORD:
            return _by_word(token, test.values, facts)
        case _:
            return _by_number(token, test, facts)


def _by_number(token: Token, test: Criterion, facts: Facts) -> BoolArray:
    conditions = [
        _compared(column, test.comparison, value)
        for column in token.columns
        for value in test.values
        if isinstance(value, Number)
    ]
    return facts.select(pl.any_horizontal(conditions))


def _compared(column: pl.Expr, comparison: Comparison, value: Number) -> pl.Expr:
    low, high = (pl.lit(bound, pl.Int64) for bound in (value.low, value.high))
    exact = column.cast(pl.Int64)
    match comparison:
        case Comparison.LESS:
            return exact < low
        case Comparison.AT_MOST:
            return exact <= low
        case Comparison.MORE:
            return exact > low
        case Comparison.AT_LEAST:
            return exact >= low
        case _:
            return exact.is_between(low, high)


def _by_address(token: Token, values: Iterable[Value], facts: Facts) -> BoolArray:
    wanted = tuple(values)
    hits = functools.reduce(np.logical_or, (_addresses(value, facts) for value in wanted))
    by_address = _any((hits[facts.address_ids(end)] for end in token.sources), facts)
    patterns = [value for value in wanted if isinstance(value, Pattern)]
    if not patterns:
        return by_address
    every = facts.names.every
    texts = [named.name for named in every]
    places = {at for pattern in patterns for at in matching(pattern, texts)}
    return by_address | _named([every[at] for at in places], token.sources, facts)


def kept_by_name(is_wanted: Callable[[str], bool], facts: Facts) -> BoolArray:
    """Tell of each connection whether an endpoint has a name for which `is_wanted` says yes."""
    return _named([named for named in facts.names.every if is_wanted(named.name)], ENDS, facts)


def _named(found: Sequence[Named], ends: Iterable[str], facts: Facts) -> BoolArray:
    """Tell of each connection whether one of these names is that of one of its `ends`."""
    mask = _every(facts, is_kept=False)
    for port in {named.port for named in found}:
        hits = _having_names([named for named in found if named.port == port], facts)
        for end in ends:
            has_name = hits[facts.address_ids(end)]
            mask |= has_name if port is None else has_name & (facts.ports(end) == port)
    return mask


def _having_names(found: Iterable[Named], facts: Facts) -> BoolArray:
    """Tell of each address whether it has one of these names; those of single addresses are looked for all at once."""
    single: dict[int, set[int]] = {4: set(), 6: set()}
    hits = np.zeros(len(facts.addresses), np.bool_)
    for named in found:
        if named.first == named.last:
            single[named.version].add(named.first)
        else:
            network = Network(text=named.name, version=named.version, first=named.first, last=named.last)
            hits |= _addresses(network, facts)
    hits[[address_id for address_id, number in facts.ipv6 if number in single[6]]] = True
    return hits | _found(facts.ipv4.is_in(list(single[4])))


def _addresses(value: Value, facts: Facts) -> BoolArray:
    """Tell of each address whether it is meant."""
    if isinstance(value, Pattern):
        return _found(facts.addresses.str.to_lowercase().str.contains(Pattern(text=value.text.lower()).expression()))
    hits = np.zeros(len(facts.addresses), np.bool_)
    if isinstance(value, Network):
        if value.version == 4:
            return _found(facts.ipv4.is_between(value.first, value.last))
        hits[[address_id for address_id, number in facts.ipv6 if value.first <= number <= value.last]] = True
    return hits


def _found(hits: pl.Series) -> BoolArray:
    return hits.fill_null(value=False).to_numpy()


def _by_word(token: Token, values: Iterable[Value], facts: Facts) -> BoolArray:
    patterns = [value for value in values if isinstance(value, Pattern)]
    return _any((_worded(facts.coded(name), patterns, token, facts) for name in token.sources), facts)


def _worded(coded: Coded, patterns: Iterable[Pattern], token: Token, facts: Facts) -> BoolArray:
    places = {place for pattern in patterns for place in matching(pattern, coded.texts, is_exact=token.is_exact)}
    return _having(coded, np.array(sorted(places), np.int64), facts)


def _having(coded: Coded, places: IntArray, facts: Facts) -> BoolArray:
    """Tell which connections have one of the words at these places."""
    is_meant = np.zeros(len(coded.texts), np.bool_)
    is_meant[places] = True
    mask = _every(facts, is_kept=False)
    mask[coded.rows[is_meant[coded.codes]]] = True
    return mask


def _shown(text: str, facts: Facts) -> BoolArray:
    """Tell which rows show a text in an endpoint, in how they ended or in a rule. Addresses show their network."""
    wanted = folded(text)
    words = (
        _having(coded, np.array([at for at, word in enumerate(coded.texts) if wanted in folded(word)], np.int64), facts)
        for coded in map(facts.coded, SHOWN_WORDS)
    )
    by_name = kept_by_name(lambda name: wanted in folded(name), facts)
    return _any((*words, by_name), facts) | _any((_endpoint(text, end, facts) for end in ENDS), facts)


def _endpoint(text: str, end: str, facts: Facts) -> BoolArray:
    """Tell where a text is part of an endpoint as it is written: `address:port`, or `[address]:port`."""
    ids = facts.address_ids(end)
    bare = text.lower().replace("[", "").replace("]", "")
    mask = (_found(facts.addresses.str.contains(bare, literal=True)) | _in_network(text, facts))[ids]
    if text.isascii() and text.isdigit():
        mask |= _port_texts().str.contains(text, literal=True).to_numpy()[facts.ports(end)]
    # A part that has the colon before the port ends one of both and begins the other.
    parted = re.fullmatch(r"(.*?)\]?:(\d*)", text.lower().removeprefix("["))
    if parted:
        ends = _found(facts.addresses.str.ends_with(parted[1]))[ids]
        mask |= ends & _port_texts().str.starts_with(parted[2]).to_numpy()[facts.ports(end)]
    return mask


def _in_network(text: str, facts: Facts) -> BoolArray:
    with contextlib.suppress(ValueProblem):
        if "/" in text:
            return _addresses(address(text), facts)
    return np.zeros(len(facts.addresses), np.bool_)


@functools.cache
def _port_texts() -> pl.Series:
    return pl.int_range(PORTS, eager=True).cast(pl.String)
