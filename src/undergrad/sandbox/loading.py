"""Loading a Python file as a fresh module, from its text, without touching `sys.path`.

An exercise may import what earlier units built, `from exercises.attention import multi_head`. Its
text is handed over as well then, since no folder of a journey can be imported here.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from types import CodeType, MappingProxyType, ModuleType

_fresh = count(1)


Earlier = Mapping[str, str]  # the texts of earlier exercises by module name, such as "attention"
NOTHING: Earlier = MappingProxyType({})


def load(
    source: bytes | str, filename: str, name: str = "", earlier: Earlier = NOTHING
) -> ModuleType:
    """Run `source` as a new module. Whatever it raises comes through.

    The module is listed in `sys.modules` only while it runs, under a name nobody imports, because
    dataclasses look their module up there; with `name` it stays there under that name. While it
    runs, it can import each of `earlier` from `exercises`.
    """
    listed = name or f"_undergrad_{next(_fresh)}"
    module = ModuleType(listed)
    module.__file__ = filename
    with importable(_exercises(earlier)):
        sys.modules[listed] = module
        try:
            exec(_compiled(source, filename), vars(module))
        finally:
            if not name:
                del sys.modules[listed]
    return module


def _exercises(earlier: Earlier) -> dict[str, ModuleType]:
    """A module for each of `earlier`. Each may import those before it."""
    modules: dict[str, ModuleType] = {}
    for each, text in earlier.items():
        with importable(modules):
            modules[each] = load(text, f"{each}.py")
    return modules


@contextmanager
def importable(modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """While this lasts, each of `modules` can be imported from `exercises`."""
    with _listed(_package(modules)):
        yield


def _package(modules: Mapping[str, ModuleType]) -> dict[str, ModuleType]:
    """What `sys.modules` has to hold for `exercises.attention` to be imported."""
    if not modules:
        return {}
    package = ModuleType("exercises")
    package.__path__ = []
    vars(package).update(modules)
    return {"exercises": package, **{f"exercises.{each}": modules[each] for each in modules}}


@contextmanager
def _listed(modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """While this lasts, `sys.modules` has these; afterwards what it had before."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


@lru_cache(maxsize=64)
def _compiled(source: bytes | str, filename: str) -> CodeType:
    """A solution and its mistakes are loaded again for each check, always fresh."""
    return compile(source, filename, "exec", dont_inherit=True)
