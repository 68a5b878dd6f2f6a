"""Many cases of one kind: `make test` tries some of them, `make test-all` every one."""

from collections.abc import Iterable
from typing import Any

import pytest


def one_in(every: int, cases: Iterable[Any]) -> list[Any]:
    """`cases`, of which one in `every` runs by default; the others are marked slow."""
    return [
        case if index % every == 0 else pytest.param(case, marks=pytest.mark.slow)
        for index, case in enumerate(cases)
    ]


def at_most(count: int, cases: Iterable[Any]) -> list[Any]:
    """`cases`, of which so many run by default: the usual run stays short as the course grows."""
    every = list(cases)
    return one_in(-(-len(every) // count) or 1, every)
