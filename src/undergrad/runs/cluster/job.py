"""Work that is out on a cluster, and what comes back: slices of seeds, shards of self-play, checks.

The client retries, not the scheduler: work whose worker died goes out again, as it is then. So a
piece of work must give the same result however often it was started.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from math import inf
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple
from uuid import uuid4

from undergrad.errors import ToolError, notify
from undergrad.runs.cluster.client import Cluster
from undergrad.runs.seeds import ShouldStop, Stopped

_LOSSES = 3  # of workers in a row, after which a piece of work is given up
_LOOK = 0.2  # seconds between two looks at Ctrl-C
_GRACE = 5.0  # seconds that work has to save after Ctrl-C
_LONELY = 60.0  # seconds without any worker until everything is given up


class Back(NamedTuple):
    """A piece of work that came back."""

    name: str
    result: Any  # None when its worker died
    seconds: float  # in which the result arrived here


class Job:
    """The pieces of work that are out, by name, such as `Seed 3`, and those that came back.

    Arguments:
        then: what a person does when the cluster is gone, such as `resume cartpole-1`.

    All sentences are about what is out. Raises ToolError when a piece has lost its worker three
    times in a row, or when no worker or no scheduler is left.
    """

    def __init__(self, cluster: Cluster, then: str) -> None:
        self.cluster, self.then, self.name = cluster, then, uuid4().hex[:12]
        self._out: dict[str, tuple[str, Any]] = {}  # names and futures, by keys
        self._returned: SimpleQueue[Any] = SimpleQueue()  # futures, in whatever state
        self._losses: Counter[str] = Counter()
        self._count = 0
        self._left_at = inf
        self._seen = time.monotonic()  # when there was a worker

    def __len__(self) -> int:
        return len(self._out)

    def has_room(self, each: int = 1) -> bool:
        """Whether more can go out, with at most so many pieces for each worker."""
        return len(self) < each * self.cluster.fit()

    def submit(self, name: str, function: Callable[[Any], Any], task: Any) -> None:
        """Send a piece of work out: what `function(task)` returns on a worker is its result."""
        self._count += 1
        key = f"{self.name}-{self._count}"
        future = self.cluster.submit(key, function, task)
        self._out[key] = (name, future)
        future.add_done_callback(self._returned.put)

    def next(self) -> Back | None:
        """A piece of work that is back, or None when none is yet."""
        try:
            future = self._returned.get(timeout=_LOOK)
        except Empty:
            self._check()
            return None
        name, _ = self._out.pop(future.key)
        return self._back(name, future)

    def stop(self) -> None:
        """Let all work save and return, within some seconds."""
        if self._left_at == inf:
            self._left_at = time.monotonic() + _GRACE
            self.cluster.stop(self.name)

    @property
    def over(self) -> bool:
        """Whether what is out is waited for no longer."""
        return time.monotonic() >= self._left_at

    def close(self) -> None:
        """Give up what is still out."""
        if self._out and self.cluster.open:
            self.stop()
            for _, future in self._out.values():
                future.release()

    def _back(self, name: str, future: Any) -> Back:
        from distributed.scheduler import KilledWorker

        started = time.monotonic()
        try:
            result = future.result()
        except KilledWorker:
            self._lost(name)
            return Back(name, None, 0.0)
        except (CancelledError, OSError) as error:
            raise self._gone() from error
        del self._losses[name]
        self._seen = time.monotonic()
        return Back(name, result, time.monotonic() - started)

    def _lost(self, name: str) -> None:
        """ToolError when that happens to the same piece all the time."""
        self._losses[name] += 1
        if self._losses[name] == _LOSSES:
            raise ToolError(
                f"{name} lost its worker {_LOSSES} times in a row, perhaps because memory ran out "
                f"there; what was saved is kept, so {self.then}."
            )
        notify(f"{name} lost its worker: what was not saved is done again.")

    def _check(self) -> None:
        """Raise ToolError when the scheduler is gone, or every worker has been for a while."""
        if not self.cluster.open:
            raise self._gone()
        if self.cluster.fit():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _LONELY:
            raise ToolError(
                f"No worker is left at {self.cluster.address}; what was saved is kept, so start "
                f"some with `undergrad cluster join`, and {self.then}."
            )

    def _gone(self) -> ToolError:
        return ToolError(
            f"The scheduler at {self.cluster.address} is gone; what was saved is kept, so start "
            f"it again, or leave out --cluster, and {self.then}."
        )


def in_order(
    job: Job,
    function: Callable[[Any], Any],
    tasks: Sequence[tuple[str, Any]],
    should_stop: ShouldStop = lambda: False,
) -> Iterator[Any]:
    """What `function` returns for each task, in their order. Raises Stopped once it should stop.

    tasks: pairs of a name and what the function takes; the names differ. Two of them are out for
    each worker, so that none waits for the next one.
    """
    waiting, by_name = deque(tasks), dict(tasks)
    done: dict[str, Any] = {}
    try:
        for name, _ in tasks:
            while name not in done:
                if should_stop():
                    raise Stopped
                while waiting and job.has_room(2):
                    next_name, task = waiting.popleft()
                    job.submit(next_name, function, task)
                back = job.next()
                if back is None:
                    continue
                if back.result is None:
                    waiting.appendleft((back.name, by_name[back.name]))
                else:
                    done[back.name] = back.result
            yield done.pop(name)
    finally:
        job.close()
