"""Several threads for one step, where its work falls into parts.

NumPy releases Python's lock while it computes, so threads that work on large arrays run side by
side. What the parts are does not depend on the number of threads, and so neither does the result,
bit for bit.

Let each matrix product use one thread only, or the two kinds of parallelism get in each other's
way: set the environment variable OPENBLAS_NUM_THREADS=1 before NumPy is imported.
"""

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class _Mode(threading.local):
    concurrent = False  # whether this thread is one of several that work on the same step


_mode = _Mode()
_allowed = 1


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Within it, large operations of this process may use so many threads; else one.

    The convolution of many or large images does, and `parallel.at_once`.
    """
    global _allowed
    if number < 1:
        raise ValueError(f"threads: number must be at least 1, and is {number}")
    before, _allowed = _allowed, number
    try:
        yield
    finally:
        _allowed = before


def in_threads(
    function: Callable[[_Part], _Result], parts: Sequence[_Part], number: int | None = None
) -> list[_Result]:
    """`function` of each part, in their order; this thread and others take one part after another.

    Arguments:
        number: of threads; as many as `threads` allows when left out.
    """
    others = min(number or _allowed, len(parts)) - 1
    if others < 1 or _mode.concurrent:
        return [function(part) for part in parts]
    left, results = iter(range(len(parts))), dict[int, _Result]()

    def work() -> None:
        _mode.concurrent = True
        for i in left:
            results[i] = function(parts[i])

    working = [_pool(others).submit(work) for _ in range(others)]
    try:
        work()
    finally:
        _mode.concurrent = False
        wait(working)
    for other in working:
        other.result()  # raises what it raised
    return [results[i] for i in range(len(parts))]


def allowed() -> int:
    """How many threads a large operation may use; see `threads`."""
    return _allowed


def is_concurrent() -> bool:
    """Whether this thread is one of several that work on the same step."""
    return _mode.concurrent


@functools.cache
def _pool(number: int) -> ThreadPoolExecutor:
    """Threads that are kept for the next step: to start one takes as long as a layer."""
    return ThreadPoolExecutor(number, "undergrad")
