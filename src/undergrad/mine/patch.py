"""Put functions in the place of the engine's, for as long as a `with` block lasts.

A part of the engine is an attribute of a module or, for the rule of an optimiser, of a class. Some
modules also hold it under its bare name (`from ... import cross_entropy`); they are found and get
the replacement as well. At the end of the block every name is what it was, also in modules that
were imported meanwhile.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

from undergrad import engine
from undergrad.mine.adapter import Function


def function_at(name: str) -> Function:
    """The function that stands at this dotted name now."""
    found: Function = resolve_name(name)
    return found


@contextmanager
def patched(replacements: Mapping[str, Function]) -> Iterator[None]:
    """Each function of `replacements` in the place of the one at its dotted name.

    For one thread at a time: it changes what all code of this process finds, and large operations
    keep to one thread.
    """
    originals = {name: function_at(name) for name in replacements}
    try:
        _exchange([(name, originals[name], new) for name, new in replacements.items()])
        with engine.threads(1):
            yield
    finally:
        _exchange([(name, new, originals[name]) for name, new in replacements.items()])


def _exchange(changes: list[tuple[str, Function, Function]]) -> None:
    """For each (name, old, new), put the new one wherever the old one stands."""
    table: dict[int, tuple[Function, Function]] = {}
    for name, old, new in changes:
        owner, _, attribute = name.rpartition(".")
        holder: Any = resolve_name(owner)
        if isinstance(holder, ModuleType):
            table[id(old)] = old, new
        else:
            setattr(holder, attribute, new)
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        for key, value in list(names.items()) if isinstance(names, dict) else ():
            if id(value) in table and value is table[id(value)][0]:
                names[key] = table[id(value)][1]  # type: ignore[index]  # a dict, or no loop
