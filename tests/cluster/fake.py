"""A cluster without processes: work runs in a thread, and a test says which of it is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from distributed.scheduler import KilledWorker

from undergrad.runs.cluster import slices
from undergrad.runs.cluster.client import Member
from undergrad.runs.cluster.proof import proof


class Future:
    """What `Client.submit` returns, as far as it is used."""

    def __init__(self, key: str, work: Callable[[], Any], pool: ThreadPoolExecutor) -> None:
        self.key, self._future = key, pool.submit(work)

    def result(self) -> Any:
        return self._future.result()

    def add_done_callback(self, call: Callable[[Any], None]) -> None:
        self._future.add_done_callback(lambda _: call(self))

    def release(self) -> None:
        self._future.cancel()


@dataclass
class FakeCluster:
    """Has `count` workers. `harm` is called before each task, and raises for one that is lost."""

    count: int = 2
    harm: Callable[[Any, int], None] = lambda task, number: None
    open: bool = True
    address: str = "tls://nowhere:1"
    tasks: list[Any] = field(default_factory=list)
    chosen: Any = field(default_factory=proof)
    hosts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)  # two trainings in one process would disturb each other

    def fit(self) -> int:
        return self.count

    def fitting(self) -> list[Member]:
        numbers = range(self.count)
        return [Member(f"tls://pc-{n}:1", f"pc-{n}", self.chosen, False) for n in numbers]

    def submit(self, key: str, function: Callable[[Any], Any], task: Any) -> Future:
        self.tasks.append(task)
        number = len(self.tasks)

        def work() -> Any:
            self.harm(task, number)
            return function(task)

        return Future(key, work, self._pool)

    def stop(self, job: str) -> None:
        slices.stop(job)


def lost() -> KilledWorker:
    """What a future raises whose worker died."""

    class Gone:
        address = "tls://nowhere:2"

    return KilledWorker("slice", Gone(), 0)
