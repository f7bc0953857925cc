"""How many processors there are for us, and how a process keeps to one."""

import os

THREADS = "POLARS_MAX_THREADS"
ONE_THREAD = {THREADS: "1", "OPENBLAS_NUM_THREADS": "1"}
"""Has Polars, and NumPy's linear algebra, start no threads, and us no processes; for the environment of a process."""


def processors() -> int:
    """Give how many processors there are for us: those that we may run on, or fewer if the environment says so."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get(THREADS, "")
    return min(here, int(wanted)) if wanted.isdecimal() and int(wanted) > 0 else here
