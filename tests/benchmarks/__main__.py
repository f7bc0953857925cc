"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import big, graphs, judging, reader, reports, screen

for benchmark in (big, reports, screen, graphs, judging, reader):
    sys.argv[1:] = []
    benchmark.main()
