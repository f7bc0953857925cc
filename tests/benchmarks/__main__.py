"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import big, graphs, judging, reader, screen

for benchmark in (big, screen, graphs, judging, reader):
    sys.argv[1:] = []
    benchmark.main()
