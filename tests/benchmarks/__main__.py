"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import big, judging, reader, screen

for benchmark in (big, screen, judging, reader):
    sys.argv[1:] = []
    benchmark.main()
