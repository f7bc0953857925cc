"""`python -m tcpladder`: the same program as the console command."""

import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the console command, and exit. An interrupt is no error, not even one that comes this early."""
    try:
        from tcpladder.cli.main import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
