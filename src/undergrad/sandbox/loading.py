"""Loading a Python file as a fresh module, from its text, without touching `sys.path`."""

import sys
from functools import lru_cache
from itertools import count
from types import CodeType, ModuleType

_fresh = count(1)


def load(source: bytes | str, filename: str, name: str = "") -> ModuleType:
    """Run `source` as a new module. Whatever it raises comes through.

    The module is listed in `sys.modules` only while it runs, under a name nobody imports, because
    dataclasses look their module up there; with `name` it stays there under that name.
    """
    listed = name or f"_undergrad_{next(_fresh)}"
    module = ModuleType(listed)
    module.__file__ = filename
    sys.modules[listed] = module
    try:
        exec(_compiled(source, filename), vars(module))
    finally:
        if not name:
            del sys.modules[listed]
    return module


@lru_cache(maxsize=64)
def _compiled(source: bytes | str, filename: str) -> CodeType:
    """A solution and its mistakes are loaded again for each check, always fresh."""
    return compile(source, filename, "exec", dont_inherit=True)
