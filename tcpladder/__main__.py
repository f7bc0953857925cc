"""`python -m tcpladder`: the same program as the console command."""

import os
import signal
import sys
from typing import NoReturn

STANDARD_ERROR = 2
GIVE_BACK = "dirty_decay_ms:20,muzzy_decay_ms:0"  # as jemalloc takes it; less than 20 ms would cost time


def interrupted(*_: object) -> NoReturn:
    """End, and let nobody else say anything about it: asyncio, for one, reports what an interrupt left unfinished."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_ERROR)
    raise KeyboardInterrupt


def main() -> NoReturn:
    """Run the console command, and exit. An interrupt is no error, not even one that comes this early."""
    signal.signal(signal.SIGINT, interrupted)
    # The memory that polars is done with goes back soon: for large captures it is much.
    os.environ.setdefault("_RJEM_MALLOC_CONF", GIVE_BACK)
    try:
        from tcpladder.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
