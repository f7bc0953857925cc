"""`python3 -m sample_captures.lab [SCENARIO...]`, from the repository's root and as root, records the captures anew."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from pathlib import Path

from .kernel_trace import EVENT, TRACEFS
from .recording import merge, record
from .scenarios import SCENARIOS
from .scenarios.basics import BASICS


def main() -> None:
    """Record the scenarios asked for, all by default, and merge the clients' views of the basics into the showcase."""
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(prog="sample_captures.lab", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"any of: {', '.join(names)}")
    parser.add_argument("--into", type=Path, default=Path(__file__).parents[1], help="directory to write to")
    arguments = parser.parse_args()
    if unknown := set(arguments.scenario) - set(names):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    if missing := what_is_missing():
        parser.error(missing)
    # Being told to stop must leave no namespace and no trace instance behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    for scenario in SCENARIOS:
        if not arguments.scenario or scenario.name in arguments.scenario:
            print(scenario.name, flush=True)
            record(scenario, arguments.into)
    merge(BASICS, arguments.into)


def what_is_missing() -> str | None:
    """Name the first thing this machine lacks for a recording."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "the lab needs Linux and root: it makes network namespaces and reads kernel tracepoints"
    for program in ("ip", "tcpdump"):
        if not shutil.which(program):
            return f"the lab needs the program {program}"
    if not (TRACEFS / EVENT).exists():
        return f"the lab needs tracefs: mount -t tracefs tracefs {TRACEFS}"
    return None


if __name__ == "__main__":
    main()
