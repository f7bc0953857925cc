"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import judging, reader, screen

for benchmark in (screen, judging, reader):
    sys.argv[1:] = []
    benchmark.main()
