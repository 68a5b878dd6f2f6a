"""How much a learner's code may use, and the system calls that hold it to that."""

import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Generous for an exercise that takes a second, small for one that never ends."""

    seconds: float = 15.0  # for each step, such as one case of a check
    total: float = 120.0  # for all steps together
    startup: float = 60.0  # for starting Python and NumPy; a slow disk is not the learner's fault
    memory: int = 2 << 30  # bytes of address space
    output: int = 64 << 20  # bytes printed before the run is stopped
    messages: int = 64 << 20  # bytes of all messages sent back
    files: int = 64 << 20  # bytes in one file
    scratch: int | None = 64 << 20  # bytes in the scratch folder, kept in memory; None: on disk
    processes: int = 64  # at a time, threads included
    descriptors: int = 64
    namespaces: bool = True  # False leaves the kernel's separate views out, as on other systems


def enforce(limits: Limits, *, count_processes: bool) -> None:
    """Bound this process and its children.

    count_processes: False where the kernel would count the person's other processes too.
    """
    cpu = (int(limits.total) + 5) * (os.cpu_count() or 1)  # the parent's clock comes first
    wanted = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (limits.memory, limits.memory),
        resource.RLIMIT_FSIZE: (limits.files, limits.files),
        resource.RLIMIT_NOFILE: (limits.descriptors, limits.descriptors),
        resource.RLIMIT_CORE: (0, 0),
    }
    if count_processes:
        wanted[resource.RLIMIT_NPROC] = (limits.processes, limits.processes)
    for which, pair in wanted.items():
        with suppress(ValueError, OSError):  # a lower limit is in force already
            resource.setrlimit(which, pair)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
