"""Several threads for one step, where its work falls into parts.

NumPy releases Python's lock while it computes, so threads that work on large arrays run side by
side. What the parts are does not depend on the number of threads, and so neither does the result,
bit for bit.

Let each matrix product use one thread only, or the two kinds of parallelism get in each other's
way: set the environment variable OPENBLAS_NUM_THREADS=1 before NumPy is imported.
"""

import contextvars
import functools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class _Mode(threading.local):
    allowed = 1  # how many threads the large operations of this thread may use
    concurrent = False  # whether this thread is one of several that work on the same step


_mode = _Mode()


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Inside the block, large operations of this thread may use up to `number` threads; outside, 1.

    These are convolutions of many or large images, Adam's step for many weights, and
    `parallel.side_by_side`. Raises ValueError when `number` is no whole number from 1 on.
    """
    if not isinstance(number, int) or number < 1:
        raise ValueError(f"threads: number must be a whole number from 1 on, and is {number!r}")
    before, _mode.allowed = _mode.allowed, number
    try:
        yield
    finally:
        _mode.allowed = before


def in_threads(
    function: Callable[[_Part], _Result], parts: Sequence[_Part], number: int | None = None
) -> list[_Result]:
    """`function` of each part, in their order; this thread and others take one part after another.

    After an error no further part is started.

    Arguments:
        number: of threads; as many as `threads` allows when left out.
    """
    others = min(number or _mode.allowed, len(parts)) - 1
    if others < 1 or _mode.concurrent:
        return [function(part) for part in parts]
    left, results, failed = iter(range(len(parts))), dict[int, _Result](), threading.Event()

    def work() -> None:
        _mode.concurrent = True
        try:
            for i in left:
                if failed.is_set():
                    return
                results[i] = function(parts[i])
        except BaseException:
            failed.set()
            raise

    # With this thread's context, in which NumPy keeps `errstate`.
    asked = [_pool(others).submit(contextvars.copy_context().run, work) for _ in range(others)]
    try:
        work()
    finally:
        _mode.concurrent = False
        started = [other for other in asked if not other.cancel()]  # nothing is left for the rest
        wait(started)
    for other in started:
        other.result()  # raises what it raised
    return [results[i] for i in range(len(parts))]


def allowed() -> int:
    """How many threads a large operation may use; see `threads`."""
    return _mode.allowed


def is_concurrent() -> bool:
    """Whether this thread is one of several that work on the same step."""
    return _mode.concurrent


@functools.cache
def _pool(number: int) -> ThreadPoolExecutor:
    """Threads that are kept for the next step: to start one takes as long as a layer."""
    return ThreadPoolExecutor(number, "undergrad")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads are not copied
