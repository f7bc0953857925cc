"""All benchmarks, one after the other: `python -m tests.benchmarks`."""

import sys

from tests.benchmarks import reader, screen

for benchmark in (screen, reader):
    sys.argv[1:] = []
    benchmark.main()
