"""Whether a graph is built, and whether gradients and updates are held back; for each thread."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

_P = ParamSpec("_P")
_R = TypeVar("_R")

Gradients: TypeAlias = "dict[int, tuple[Tensor, npt.NDArray[Any]]]"  # by the identity of the leaf


@dataclass(frozen=True)
class Collected:
    """What a piece of a batch would have changed: gradients, and updates such as batch norm's."""

    gradients: Gradients = field(default_factory=dict)
    updates: list[Callable[[], None]] = field(default_factory=list)


class _GradMode(threading.local):
    disabled = 0  # how many no_grad() blocks we are inside
    collected: Collected | None = None  # None: nothing is held back


mode = _GradMode()


class no_grad:
    """Compute without building a graph: `with no_grad():`, or `@no_grad()` above a function.

    Blocks may be nested, even with the same instance. A generator is covered while it runs, and
    not between its values.
    """

    def __enter__(self) -> None:
        mode.disabled += 1

    def __exit__(self, *error: object) -> None:
        mode.disabled -= 1

    def __repr__(self) -> str:
        return "no_grad()"

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        later = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        if later or inspect.isclass(function):
            raise TypeError(
                f"no_grad() above {function.__name__} would end before its work begins; "
                "write `with no_grad():` inside it"
            )

        @functools.wraps(function)
        def without_graph(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with self:
                result = function(*args, **kwargs)
            if inspect.isgenerator(result):  # all of its work is still to come
                return _within(self, result)  # type: ignore[return-value]  # a generator for one
            return result

        return without_graph


def _within(block: no_grad, generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """`generator`, which works inside the block; the code between its values runs outside."""
    work = functools.partial(next, generator)
    try:
        while True:
            with block:
                value = work()
            try:
                work = functools.partial(generator.send, (yield value))
            except GeneratorExit:
                with block:
                    generator.close()
                raise
            except BaseException as error:
                work = functools.partial(generator.throw, error)
    except StopIteration as end:
        return end.value


@contextmanager
def collect() -> Iterator[Collected]:
    """Within it, gradients and updates are collected, and tensors and layers left as they are.

    It lets several threads go through the same network at the same time; what they found is added
    up afterwards in a fixed order.
    """
    found = Collected()
    before, mode.collected = mode.collected, found
    try:
        yield found
    finally:
        mode.collected = before


def now_or_collected(update: Callable[[], None]) -> None:
    """Run `update` now or, inside `collect()`, keep it for later."""
    if mode.collected is None:
        update()
    else:
        mode.collected.updates.append(update)


def accumulate_grad(leaf: Tensor, gradient: npt.NDArray[Any]) -> None:
    """Add to `leaf.grad`, which is an array of its own: two tensors never share one."""
    if mode.collected is not None:
        gradients = mode.collected.gradients
        _, total = gradients.get(id(leaf), (leaf, 0))
        gradients[id(leaf)] = leaf, np.asarray(total + gradient)
    elif leaf.grad is None:
        leaf.grad = np.array(gradient, order="C")  # optimisers see it as one flat row
    else:
        leaf.grad += gradient
