"""What happened, as it is told of each sample: how its connections ended, and what the rules find.

Nothing above a note may be found but what is told here.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from tcpladder.rulebook.levels import Level
from tests.samples import sample

NOTE, DEVIATION, VIOLATION = Level


@dataclass(frozen=True, slots=True)
class Story:
    """A sample capture, the classes of its connections, and rules that have to find something, with their level."""

    name: str
    classes: dict[str, int]
    rules: dict[str, Level] = field(default_factory=dict)


STORIES = (
    # A load balancer probes a port.
    Story(
        "probe-answered-by-reset.client",
        {"rst-reply-to-fin": 5},
        {"td-rst-reply-to-fin": NOTE, "diag-lb-probe": NOTE, "diag-habitual-abort": NOTE},
    ),
    Story("probe-closed-properly.client", {"graceful-3way": 5}, {"diag-lb-probe": NOTE}),
    Story("probe-ended-by-reset.client", {"abort-no-data": 5}, {"diag-lb-probe": NOTE, "rst-abortive-close": NOTE}),
    # A client is killed: after its request, and in the middle of a download.
    Story("killed-while-idle.client", {"abort-after-data": 1}, {"rst-abortive-close": NOTE}),
    Story("killed-during-download.server", {"abort-data-lost": 1}, {"rst-data-lost": NOTE, "rst-repeated": NOTE}),
    Story("killed-after-reading.client", {"graceful-4way": 1}),
    # A connection is held for 100 s and closed properly.
    Story("held-for-100-seconds.client", {"graceful-3way": 1}, {"td-idle-close": NOTE}),
    # The client resets every SYN-ACK, since its timestamp echo is wrong; without timestamps it connects.
    Story(
        "wrong-timestamp-echo.client",
        {"handshake-reset-by-client": 1},
        {"ts-synack-echo-mismatch": VIOLATION, "hs-reset-loop": DEVIATION, "ts-clock-frozen": DEVIATION},
    ),
    Story(
        "wrong-timestamp-echo-linear.client",
        {"handshake-reset-by-client": 1},
        {"ts-synack-echo-mismatch": VIOLATION, "hs-reset-loop": DEVIATION, "ts-clock-frozen": DEVIATION},
    ),
    Story("wrong-timestamp-echo-avoided.client", {"graceful-4way": 1}),
    Story("zero-timestamps-in-syn-ack.client", {"graceful-4way": 1}, {"ts-synack-zero-echo": VIOLATION}),
    Story("timestamps-by-client-only.client", {"graceful-4way": 1}, {"ts-not-negotiated": NOTE}),
    # A proxy's FIN, then its RST one number behind it, which the client has to ignore; and the good run.
    Story(
        "reset-behind-fin.client",
        {"fin-then-reset": 1},
        {
            "rst-out-of-window": NOTE,
            "rst-repeated": DEVIATION,
            "diag-proxy-flow-gone": DEVIATION,
        },
    ),
    Story(
        "reset-behind-fin-lossy.client",
        {"fin-then-reset": 1},
        {"rst-out-of-window": NOTE, "rst-repeated": DEVIATION, "diag-proxy-flow-gone": DEVIATION},
    ),
    Story("late-data-reset.client", {"late-data-reset": 1}, {"td-late-data-reset": NOTE}),
    Story("late-data-reset-lossy.client", {"late-data-reset": 1}, {"td-late-data-reset": NOTE}),
    # An application ends every connection by RST-ACK.
    Story(
        "closed-by-resets.client",
        {"abort-after-data": 6},
        {"rst-abortive-close": NOTE, "diag-habitual-abort": NOTE},
    ),
    # A server never closes.
    Story("never-closed.client", {"half-closed-open": 1, "graceful-4way": 1}, {"td-close-wait-stuck": DEVIATION}),
    Story("fin-wait-2-timeout.client", {"rst-during-close": 1}, {"td-close-wait-stuck": DEVIATION}),
    # The accept queue overflows.
    Story(
        "accept-queue-patience.client",
        {"graceful-4way": 3, "abort-data-lost": 1},
        {"hs-synack-after-ack": DEVIATION, "diag-accept-queue-overflow": DEVIATION},
    ),
    Story("accept-queue-abort.server", {"graceful-4way": 3, "abort-no-data": 1}, {"diag-accept-queue-overflow": NOTE}),
    Story(
        "accept-queue-half-open.client", {"graceful-4way": 3, "rst-reply-to-fin": 1}, {"hs-synack-after-ack": DEVIATION}
    ),
    Story("accept-queue-syn-dropped.client", {"graceful-4way": 4}, {"diag-accept-queue-overflow": NOTE}),
    Story("lost-syn.client", {"graceful-4way": 1}),
    # Why an RST.
    Story("refused.client", {"refused": 1}, {"hs-refused": NOTE}),
    Story("forgotten-connection.client", {"abort-data-lost": 1}, {"rst-data-lost": NOTE}),
    Story("keepalive-timeout.client", {"abort-after-data": 1}, {"rst-after-timeout": NOTE}),
    Story("reset-by-linger.client", {"abort-after-data": 1}, {"rst-abortive-close": NOTE}),
    Story("reset-by-unread-data.client", {"abort-after-data": 1}, {"rst-abortive-close": NOTE}),
    Story(
        "syn-ack-of-unsent.client",
        {"handshake-reset-by-client": 1},
        {"hs-synack-bad-ack": VIOLATION, "hs-reset-loop": DEVIATION},
    ),
    Story("request-crosses-close.server", {"late-data-reset": 1}, {"td-late-data-reset": NOTE}),
    Story("injected-reset.client", {"abort-data-lost": 1}, {"rst-foreign-origin": NOTE}),
    Story("reset-after-close.client", {"rst-after-close": 1}, {"td-timewait-assassination": NOTE}),
    Story("blind-reset-ignored.client", {"graceful-4way": 1}, {"rst-inexact": NOTE, "rst-foreign-origin": NOTE}),
    Story("caller-gone.client", {"handshake-reset-by-client": 1}, {"hs-client-reset": NOTE}),
    # FINs and last ACKs that are lost, FINs that cross, half a close, a port used again in TIME-WAIT.
    Story("lost-fin.client", {"graceful-4way": 1}, {"td-fin-unacked": NOTE}),
    Story("lost-final-ack.server", {"graceful-4way": 1}, {"td-fin-unacked": NOTE}),
    Story("simultaneous-close.client", {"simultaneous-close": 1}, {"td-simultaneous-close": NOTE}),
    Story("half-close-with-data.client", {"half-close": 1}, {"td-half-close-data": NOTE}),
    Story("port-reuse.client", {"graceful-4way": 2}, {"td-timewait-syn": NOTE}),
    Story("port-reuse-refused.client", {"graceful-4way": 2}, {"td-timewait-syn": DEVIATION}),
    # What else a path does.
    Story("old-timestamp.client", {"graceful-4way": 1}, {"ts-val-backwards": VIOLATION, "ts-paws-drop": NOTE}),
    Story("timestamps-stripped.client", {"graceful-4way": 1}, {"ts-missing": VIOLATION}),
    Story("congestion-marked.client", {"graceful-4way": 1}),
    Story("fast-open.client", {"graceful-4way": 2}),
    Story("keepalive-answered.client", {"graceful-4way": 1}),
    Story("zero-window.client", {"graceful-4way": 1}),
    Story("slow-transfer.client", {"graceful-4way": 1}),
)

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@each_story
def test_its_connections_end_so(story: Story) -> None:
    assert Counter(sample(story.name).judgement.verdicts["ending"].to_list()) == story.classes


@each_story
def test_the_rules_find_what_is_told_and_nothing_graver(story: Story) -> None:
    found: dict[str, Level] = {}
    for finding in sample(story.name).judgement.findings:
        found[finding.rule] = max(finding.level, found.get(finding.rule, Level.NOTE))
    assert {rule: found.get(rule) for rule in story.rules} == story.rules
    assert {rule: level for rule, level in found.items() if level > Level.NOTE and rule not in story.rules} == {}
