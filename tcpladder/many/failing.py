"""Which findings make a check fail, as its user asked for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tcpladder.errors import UsageError, quoted
from tcpladder.many.checking import CAPTURE_RULES, INCOMPLETE, CheckedFinding
from tcpladder.rulebook.levels import Level
from tcpladder.rules import catalogue

LEVELS = {level.word: level for level in reversed(Level)}
USUAL = Level.DEVIATION.word
SHORT = {"incomplete": INCOMPLETE}
"""What may be said in place of a rule's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """What fails: findings of a level from `least` on (None: of no level), those of `rules`; never those of `ignored`.

    What is to be known about a capture as a whole fails only where it is named.
    """

    least: Level | None
    rules: frozenset[str]
    ignored: frozenset[str]
    words: tuple[str, ...]

    def __call__(self, finding: CheckedFinding) -> bool:
        """Tell whether a finding fails."""
        if finding.rule in self.ignored:
            return False
        is_grave = self.least is not None and not finding.is_of_capture and finding.level >= self.least
        return is_grave or finding.rule in self.rules


def failing(fail_on: Iterable[str], ignored: Iterable[str] = ()) -> Failing:
    """Understand levels and rules; without any, violations and deviations fail.

    Raises UsageError where a word is neither a level nor a rule.
    """
    words = tuple(dict.fromkeys(fail_on)) or (USUAL,)
    return Failing(
        least=min((LEVELS[word] for word in words if word in LEVELS), default=None),
        rules=frozenset(_rule(word) for word in words if word not in LEVELS),
        ignored=frozenset(_rule(word) for word in ignored),
        words=words,
    )


def _rule(word: str) -> str:
    known = {*CAPTURE_RULES, *(rule.id for rule in catalogue())}
    rule = SHORT.get(word, word)
    if rule in known:
        return rule
    choices = ", ".join((*LEVELS, *SHORT))
    raise UsageError(
        f"There is no rule {quoted(word)}.", f"'tcpladder rules' lists them; {choices} can be named as well."
    )
