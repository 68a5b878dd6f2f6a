"""How much a learner's code may use in one check run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Generous for an exercise that takes a second, small for one that never ends."""

    seconds: float = 15.0  # for the import of the learner's file, and for each case of a check
    total: float = 120.0  # for all of them together
    startup: float = 60.0  # for starting Python and NumPy; a slow disk is not the learner's fault
    memory: int = 2 << 30  # bytes of address space
    output: int = 64 << 20  # bytes printed before the run is stopped
    answers: int = 64 << 20  # bytes of all values sent back
    files: int = 64 << 20  # bytes in one file, and in the scratch folder where it can be bounded
    processes: int = 64
    namespaces: bool = True  # False leaves the kernel's separate views out, as on other systems
