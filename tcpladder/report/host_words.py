"""What the figures of a host come to, in sentences, and how sure each is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tcpladder.ladder.notation import seconds
from tcpladder.report.hosts import Hosts
from tcpladder.rulebook.hosts import SECOND
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.rulebook.lingering import TWICE_MSL

TIME_WIDTH = 8
LINUX_PORTS = 28_232  # 32768 to 60999: net.ipv4.ip_local_port_range, if nobody sets it

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What can be said of a host. Only a finding has a `level`, its `rule`, and what it is `about`.

    What merely says that there is nothing to say has no confidence.
    """

    words: str
    confidence: Confidence | None = None
    level: Level | None = None
    rule: str = ""
    about: str = ""

    def __str__(self) -> str:
        about = f"{self.about}: " if self.about else ""
        words = f"{about}{self.words.rstrip('.')}"
        return f"{words} (confidence {self.confidence.word})" if self.confidence else words


def verdicts(hosts: Hosts, at: int, *, is_alone: bool = True) -> tuple[Verdict, ...]:
    """Give what can be said of the host, or of what it serves, in a row of the table: the gravest first.

    Unless a host `is_alone`, what is said of a port that it serves is left out: it stands there.
    """
    row = hosts.table.row(at, named=True)
    served = hosts.served.get(row["address"], ()) if row["port"] is None else ()
    elsewhere = {id(found) for other in served for found in hosts.surveyed[other]}
    found = [one for one in hosts.surveyed.get(at, ()) if is_alone or id(one) not in elsewhere]
    surveyed = [
        Verdict(
            words=one.message,
            confidence=one.confidence,
            level=one.level,
            rule=one.rule,
            about=one.about if id(one) in elsewhere else "",
        )
        for one in sorted(found, key=lambda one: (-one.level, -one.confidence))
    ]
    is_silent = row["address"] in hosts.silent
    counted = [*_reused(row), *_backlog(row, {one.rule for one in found}, is_silent=is_silent)]
    if row["port"] is None and not is_alone:
        counted = [*_reused(row)]
    return (*surveyed, *counted) or ((_nothing(row),) if is_alone else ())


def _reused(row: Row) -> Iterator[Verdict]:
    """Say how soon a host uses a 4-tuple again, and whether the other side can tell the new from the old."""
    number, waiting = row["reused"], row["reused_waiting"]
    if not number:
        return
    gap, least = seconds(row["tuple_gap"], TIME_WIDTH), " at least" * (number > 1)
    words = f"{_connections(number)} on a 4-tuple within 2MSL (240 s) of the last, after {gap} s{least}"
    known = [f"{_grouped(row[key])} by {how}" for key, how in LEGAL.items() if row[key]]
    unknown = waiting - sum(row[key] for key in LEGAL)
    if unknown:
        known.append(f"{_grouped(unknown)} can't be told")
    in_time_wait = f"{_grouped(waiting)} in its TIME-WAIT: {', '.join(known)}" if waiting else "none in its TIME-WAIT"
    yield Verdict(words=f"{words}; {in_time_wait}", confidence=Confidence.MEDIUM)


LEGAL = {
    "by_timestamp": "a newer timestamp, which is legal (RFC 6191 §2)",
    "by_number": "a higher number alone, which may be accepted (RFC 9293 §3.6.1)",
    "by_neither": "neither a newer timestamp nor a higher number: it may be dropped",
}
"""What makes a SYN for a connection in TIME-WAIT legal, by the column that counts it."""


def _backlog(row: Row, rules: set[str], *, is_silent: bool) -> Iterator[Verdict]:
    """Say what speaks for a full queue of those that wait to be accepted, where no rule has said it."""
    if "diag-accept-queue-overflow" in rules:
        return
    if row["unanswered"] and is_silent:
        yield Verdict(words="Nothing from it was captured: whether it answers can't be told", confidence=Confidence.LOW)
    elif row["unanswered"]:
        words = (
            f"{row['unanswered']} of {_connections(row['accepted'])} to it had no answer: dropped by it or on the way"
        )
        yield Verdict(words=words, confidence=Confidence.MEDIUM)
    if row["repeated"]:
        words = f"It sent its SYN-ACK again in {_connections(row['repeated'])}: that, or what answers it, was lost"
        yield Verdict(words=words, confidence=Confidence.LOW)
    if row["half_open"]:
        words = f"{_connections(row['half_open'])} to it stayed half-open: the handshake was not seen to end"
        yield Verdict(words=words, confidence=Confidence.MEDIUM)


def _nothing(row: Row) -> Verdict:
    number = row["findings"]
    if not number:
        return Verdict(words="Nothing was found")
    of = "the host as such" if row["port"] is None else "what it serves here"
    return Verdict(words=f"{_grouped(number)} finding{'s' * (number > 1)} about single connections, none about {of}")


def facts(hosts: Hosts, at: int) -> Iterator[tuple[str, str]]:
    """Give what was counted of a row, as (what, how it is)."""
    row = hosts.table.row(at, named=True)
    opened = f"{_grouped(row['opened'])} opened, " if row["port"] is None else ""
    yield (
        "connections",
        f"{opened}{_grouped(row['accepted'])} accepted; {_grouped(row['peak'])} within a second at most",
    )
    if row["ports"]:
        span = f"{_grouped(row['ports'])} different, {row['lowest_port']} to {row['highest_port']}"
        yield "local ports", span if row["ports"] > 1 else str(row["lowest_port"])
        yield "used again", _again(row, hosts.span)
        held = f"{_grouped(row['held'])} at once at most towards one server's port, if TIME-WAIT is kept for 60 s"
        yield "ports held", f"{held}; Linux has {_grouped(LINUX_PORTS)}"
    if row["time_wait"]:
        usual, longest = row["time_wait_usual"], row["time_wait"]
        held = f"{_grouped(longest)} at once at most, were each held for 240 s (RFC 9293 §3.4.2)"
        yield "TIME-WAIT", f"{held}; {_grouped(usual)} if for 60 s, as on Linux: inferred"
    if row["accepted"]:
        words = f"{_grouped(row['unanswered'])} of {_grouped(row['accepted'])} SYNs without answer"
        yield "backlog", f"{words}; SYN-ACK sent again in {_grouped(row['repeated'])}"
    if row["in_vain"]:
        yield "own SYNs", f"{_grouped(row['in_vain'])} of {_grouped(row['opened'])} without answer"
    if row["resets"]:
        yield "RSTs", f"sent in {_grouped(row['resets'])} of {_connections(row['connections'])}"


def _again(row: Row, span: int) -> str:
    if row["port_gap"] is None:
        too_short = span < TWICE_MSL
        told = f" in {span / SECOND:.0f} s, which is less than 2MSL (240 s): it says little" if too_short else ""
        return f"no port came again{told}"
    if row["tuple_gap"] is None:
        return f"a port after {seconds(row['port_gap'], TIME_WIDTH)} s, never to the same address and port"
    least = f"the same 4-tuple after {seconds(row['tuple_gap'], TIME_WIDTH)} s at least"
    within = f"{_grouped(row['reused'])} within 2MSL (240 s)" if row["reused"] else "none within 2MSL (240 s)"
    return f"{least}, {within}"


def _connections(number: int) -> str:
    return "1 connection" if number == 1 else f"{_grouped(number)} connections"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
