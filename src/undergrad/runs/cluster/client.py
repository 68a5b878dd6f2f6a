"""A connection to a cluster, and the workers that fit a run."""

import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from undergrad.errors import ToolError
from undergrad.runs.cluster import slices
from undergrad.runs.cluster.access import Access
from undergrad.runs.cluster.nodes import PROOF, quiet
from undergrad.runs.cluster.proof import (
    ARITHMETIC,
    Proof,
    difference,
    proof,
    resource,
    versions,
)

_PATIENCE = 5.0  # seconds in which a scheduler must answer
_FRESH = 1.0  # seconds for which the list of workers is believed


@dataclass(frozen=True)
class Member:
    """A worker. Its proof is empty when `undergrad cluster` did not start it."""

    address: str
    host: str
    proof: Proof
    busy: bool


@dataclass
class Cluster:
    """An open connection. Only workers with the proof `chosen` get work, on one of the `hosts` if
    there are some."""

    client: Any
    address: str
    chosen: Proof = field(default_factory=proof)
    hosts: frozenset[str] = frozenset()
    _fit: tuple[float, int] = (0.0, 0)  # when it was counted, and how many

    @property
    def open(self) -> bool:
        """Whether the scheduler can still be reached."""
        return bool(self.client.status in ("running", "connecting"))

    def members(self) -> list[Member]:
        """All workers, those that get no work too."""
        if not self.open:
            return []
        return [_member(*each) for each in self.client.scheduler_info()["workers"].items()]

    def fitting(self) -> list[Member]:
        """The workers that get work."""
        return [
            one
            for one in self.members()
            if one.proof == self.chosen and (not self.hosts or one.host in self.hosts)
        ]

    def fit(self) -> int:
        """How many of them there are now; asks the scheduler at most once a second."""
        now = time.monotonic()
        if now - self._fit[0] >= _FRESH:
            self._fit = (now, len(self.fitting()))
        return self._fit[1]

    def ask(self, function: Callable[[], Any], workers: list[str]) -> dict[str, Any]:
        """What a function returns on each of these workers, by their addresses."""
        try:
            answers: dict[str, Any] = self.client.run(function, workers=workers)
        except OSError as error:
            raise ToolError(
                f"A worker of {self.address} was lost while it was asked: try again."
            ) from error
        return answers

    def submit(self, key: str, function: Callable[[Any], Any], task: Any) -> Any:
        """The future of `function(task)`; a worker that is lost meanwhile shows in its result."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files above 10 MB
            return self.client.submit(
                function,
                task,
                key=key,
                pure=False,
                resources={resource(self.chosen): 1},
                workers=sorted(self.hosts) or None,
            )

    def stop(self, job: str) -> None:
        """Ask what a job has out to save and return. Does not wait: a worker may be frozen."""

        def ask() -> None:
            with suppress(Exception):
                self.client.run(slices.stop, job, on_error="ignore")

        Thread(target=ask, daemon=True).start()


@contextmanager
def connect(access: Access) -> Iterator[Cluster]:
    """A connection for the block. ToolError when nobody answers there within five seconds."""
    from distributed import Client

    quiet()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which the proof compares
            client = Client(
                access.address,
                security=access.security(),
                timeout=_PATIENCE,
                set_as_default=False,
                name="undergrad",
            )
    except OSError as error:  # a timeout is one too
        raise ToolError(
            f"Nobody answers at {access.address} with this certificate within {_PATIENCE:g} s: "
            "is `undergrad cluster start` running there, and is your cluster file its newest?"
        ) from error
    try:
        yield Cluster(client, access.address)
    finally:
        with suppress(Exception):
            client.close(timeout=1)


def choose(members: Sequence[Member], here: Proof, arithmetic: str = "") -> Proof:
    """The proof of the workers that train a run: of the same versions as `here`, and all rounding
    alike: as the run was started, else as here, else as most of them.

    arithmetic: of a run that was started.   ToolError, with both values, when no worker fits.
    """
    if not members:
        raise ToolError("The cluster has no worker: start some with `undergrad cluster join`.")
    same = [one.proof for one in members if versions(one.proof) == versions(here)]
    if not same:
        differ = difference(versions(members[0].proof), versions(here))
        raise ToolError(f"No worker fits ({differ}): install the same on all machines.")
    kinds = Counter(one[ARITHMETIC] for one in same)
    if arithmetic and arithmetic not in kinds:
        raise ToolError(
            f"The run was started on machines of arithmetic {arithmetic}, and the workers have "
            f"{', '.join(kinds)}: resume it where it was started, to end with the same bits."
        )
    mine = here[ARITHMETIC] if here[ARITHMETIC] in kinds else kinds.most_common(1)[0][0]
    return {**here, ARITHMETIC: arithmetic or mine}


def _member(address: str, known: dict[str, Any]) -> Member:
    counts = known.get("metrics", {}).get("task_counts", {})
    busy = bool(counts.get("executing", 0))
    return Member(address, str(known.get("host", "")), known.get(PROOF, {}), busy)
