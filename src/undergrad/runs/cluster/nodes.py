"""The processes of a cluster: its scheduler, and workers with one thread each.

A nanny starts each worker in a process of its own, and again when it dies. Two seeds never share
a process: they would share NumPy's state and a learner's parts. The scheduler retries nothing
itself: the client does, with the files of the newest slice.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Any, TypeAlias

from undergrad.errors import ToolError
from undergrad.runs.cluster.access import Access
from undergrad.runs.cluster.proof import proof, resource

PROOF = "undergrad"  # where the scheduler has a worker's proof
WORKER_TTL = 60.0  # seconds after which a worker that says nothing is restarted; Dask's is 300
_LOOKS = 20  # at workers in that time

Ready: TypeAlias = Callable[[], None]  # called once when everything runs


def start(access: Access, workers: int, ready: Ready, worker_ttl: float = WORKER_TTL) -> None:
    """Run the scheduler and workers on this machine until Ctrl-C or SIGTERM.

    ToolError when it cannot listen at the address.
    """
    asyncio.run(_until_stopped(access, workers, ready, worker_ttl))


def join(access: Access, workers: int, ready: Ready) -> None:
    """Run workers for a scheduler elsewhere until Ctrl-C or SIGTERM.

    When the scheduler is gone they wait for it to be started again.
    """
    asyncio.run(_until_stopped(access, workers, ready, None))


def worker_proof(worker: object) -> dict[str, str]:
    """What a worker tells the scheduler when it registers, computed in its own process."""
    return proof()


def quiet() -> None:
    """Dask's own log stays silent: what a person should know is said in sentences."""
    import distributed  # which sets the levels

    for name in ("", ".client", ".gc"):
        logging.getLogger(distributed.__name__ + name).setLevel(logging.CRITICAL + 1)
    for name in ("tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _until_stopped(
    access: Access, workers: int, ready: Ready, worker_ttl: float | None
) -> None:
    """worker_ttl: None without a scheduler of our own."""
    stopped = asyncio.Event()
    _on_signals(stopped.set)
    with _configured():
        async with AsyncExitStack() as stack:
            with _in_one_sentence(access):
                if worker_ttl is not None:
                    await stack.enter_async_context(_scheduler(access, worker_ttl))
                nannies = [_nanny(access) for _ in range(workers)]
                await asyncio.gather(*map(stack.enter_async_context, nannies))
            ready()
            await asyncio.gather(
                stopped.wait(), *(_keep(each, access, stopped) for each in nannies)
            )


async def _keep(nanny: Any, access: Access, stopped: asyncio.Event) -> None:
    """A worker ends with its scheduler: start another one, which waits for the next scheduler."""
    while not await _first(stopped.wait(), nanny.finished()):
        nanny = _nanny(access)
        with suppress(OSError, RuntimeError):  # nobody is there yet
            if await _first(stopped.wait(), nanny.start()):
                break
    await nanny.close()


async def _first(one: Awaitable[object], other: Awaitable[object]) -> bool:
    """Whether `one` ends first; what takes longer is cancelled. Raises what `other` raises."""
    tasks = [asyncio.ensure_future(each) for each in (one, other)]
    done, late = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.cancel()
    if tasks[0] not in done:
        tasks[1].result()
    return tasks[0] in done


@contextmanager
def _in_one_sentence(access: Access) -> Iterator[None]:
    """Says why the cluster did not start, such as an address that is taken."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        cause = error.__cause__ or error
        why = getattr(cause, "strerror", None) or cause
        raise ToolError(
            f"The cluster at {access.address} did not start ({why}): if something runs there, stop "
            "it; otherwise name another --host, --port and --file."
        ) from error


def _on_signals(stop: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM stop everything in order; a second one at once."""
    loop = asyncio.get_running_loop()

    def once() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, once)


def _configured() -> Any:
    """Dask's settings, here and in the workers: no log, and nothing served over HTTP."""
    import dask

    quiet()
    return dask.config.set(
        {
            "logging": {name: "critical" for name in ("distributed", "distributed.client")},
            "distributed.scheduler.http.routes": [],
            "distributed.worker.http.routes": [],
        }
    )


def _scheduler(access: Access, worker_ttl: float) -> Any:
    from distributed import Scheduler
    from distributed.comm.addressing import parse_host_port

    host, port = parse_host_port(access.address.removeprefix("tls://"))
    scheduler = Scheduler(
        host=host,
        port=port,
        protocol="tls",
        security=access.security(),
        dashboard=False,
        dashboard_address="127.0.0.1:0",
        allowed_failures=0,
        worker_ttl=worker_ttl,
    )
    # Dask looks once in that time, and would find a frozen worker after up to twice as long.
    scheduler.periodic_callbacks["worker-ttl"].callback_time = 1000 * worker_ttl / _LOOKS
    return scheduler


def _nanny(access: Access) -> Any:
    from distributed import Nanny
    from distributed.comm import get_address_host
    from distributed.utils import get_ip

    return Nanny(
        access.address,
        host=get_ip(get_address_host(access.address)),  # where the scheduler sees this machine
        nthreads=1,
        memory_limit=0,
        security=access.security(),
        resources={resource(proof()): 1},
        startup_information={PROOF: worker_proof},
        silence_logs=logging.CRITICAL,
        dashboard=False,
        dashboard_address="127.0.0.1:0",
    )
