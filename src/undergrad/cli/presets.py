"""All that can be trained: the presets of networks (`supervised`) and of agents (`rl`)."""

from collections.abc import Mapping
from typing import Any

from undergrad.errors import UsageError
from undergrad.runs.preset import Kind, Preset
from undergrad.runs.run import Run
from undergrad.words import did_you_mean


def kinds() -> tuple[Kind[Any], ...]:
    """Networks, agents. Imports NumPy, so `runs.one_thread` comes first."""
    from undergrad.rl.run.seeds import KIND as agents
    from undergrad.supervised.catalogue import KIND as networks

    return networks, agents


def names() -> tuple[str, ...]:
    """All that can be trained, networks first."""
    return tuple(name for kind in kinds() for name in kind.names())


def every() -> tuple[Preset, ...]:
    """All presets, networks first."""
    return tuple(kind.load(name) for kind in kinds() for name in kind.names())


def load(name: str, changes: Mapping[str, str] | None = None) -> Preset:
    """The preset called `name`, with other settings. UsageError, with the nearest name."""
    for kind in kinds():
        if name in kind.names():
            preset: Preset = kind.load(name)
            return preset.with_settings(changes or {})
    cure = did_you_mean(name, names(), "`undergrad train --list` shows all of them.")
    raise UsageError(f"There is no preset `{name}`: {cure}")


def kind_of(one: Preset | Run) -> Kind[Any]:
    """What trains this preset or this run. UsageError when its kind is unknown."""
    found = next((kind for kind in kinds() if kind.name == one.kind), None)
    if found is None:
        raise UsageError(f"{one.title} is of an unknown kind, `{one.kind}`; start a new run.")
    return found
