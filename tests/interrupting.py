"""Presses Ctrl-C between any two lines of what is tested."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any


def interrupted_at(point: int, within: tuple[ModuleType, ...], work: Callable[[], None]) -> bool:
    """Do `work`, and interrupt it before line number `point`, counted from 0, of those run of some modules.

    Programs in the background are started with interrupts ignored: here they are heard in any case.

    Tells whether there were so many. KeyboardInterrupt is the work's to let through.
    """
    files = {module.__file__ for module in within}
    passed = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal passed
        callers = (frame, frame.f_back)
        if frame.f_code.co_filename not in files or any(each and each.f_code.co_name == "__del__" for each in callers):
            return None  # nobody hears of errors in what the interpreter calls by itself
        if event == "line":
            passed += 1
            if passed == point + 1:
                signal.raise_signal(signal.SIGINT)
        return trace

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
        signal.signal(signal.SIGINT, before)
    return passed > point


def children() -> list[str]:
    """Give the processes that this one has started and that are not gone."""
    return [child for task in Path("/proc/self/task").glob("*/children") for child in task.read_text().split()]
