"""A processor for those who look at the clock."""

import contextlib
import os
from pathlib import Path


def prefer(daemon):
    """Routers and the systems that watch them have machines of their own. Here each of them that
    waits for a processor would be a step in a graph of a constant rate."""
    with contextlib.suppress(PermissionError):
        for thread in threads_of(daemon.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, thread, -10)


def threads_of(process):
    """Those of a process and of all that it has started. A new one has the priority of who starts it."""
    threads = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            threads.append(int(thread.name))
            for child in (thread / "children").read_text().split():
                threads += threads_of(int(child))
    return threads
