"""`tcpladder explain RULE`: a rule's manual page."""

from tests.cli.running import tcpladder


def test_a_rule_is_explained() -> None:
    ran = tcpladder("explain", "ts-syn-echo-nonzero")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ts-syn-echo-nonzero  A SYN echoes a timestamp")
    for heading in ("What it checks", "Harmless when", "What to try next", "RFC 7323 §3.2"):
        assert heading in ran.out


def test_a_mistyped_rule_is_guessed() -> None:
    ran = tcpladder("explain", "ts-syn-echo")
    assert (ran.code, ran.out) == (2, "")
    assert "There is no rule 'ts-syn-echo'. Did you mean ts-syn-echo-nonzero?" in ran.err
