"""How long judging takes: `python -m tests.benchmarks.judging CAPTURE`. Without a capture, the largest sample.

Reading is not part of it. What is told are processor seconds of this process, which hardly depend on what else the
machine does.
"""

import sys
import time
from collections import Counter
from pathlib import Path

from tcpladder.analysis import analyse
from tcpladder.rulebook.judging import judge
from tcpladder.rules import catalogue
from tests.samples import CAPTURES

DEAREST = 8


def main() -> None:
    """Judge by all rules, then by each alone, and tell which are the dearest."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else max(CAPTURES, key=lambda capture: capture.stat().st_size)
    analysis = analyse(path)
    rules = catalogue()

    def seconds(*chosen: int) -> float:
        start = time.process_time()
        wanted = [rules[number] for number in chosen]
        judge(analysis.connections, wanted, analysis.addresses.__getitem__)
        return time.process_time() - start

    segments, connections = len(analysis.connections.segments), len(analysis.connections)
    everything, nothing = seconds(*range(len(rules))), seconds()
    print(f"{path.name}: {segments} segments, {connections} connections")
    print(f"all {len(rules)} rules: {everything:.2f} s, of which {nothing:.2f} s are spent without any rule")
    alone = Counter({rule.id: max(seconds(number) - nothing, 0.0) for number, rule in enumerate(rules)})
    for rule, cost in alone.most_common(DEAREST):
        print(f"  {rule:32} {cost:.2f} s alone")


if __name__ == "__main__":
    main()
