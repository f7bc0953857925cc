"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import big, graphs, judging, keys, reader, reports, screen

for benchmark in (big, reports, screen, keys, graphs, judging, reader):
    sys.argv[1:] = []
    benchmark.main()
