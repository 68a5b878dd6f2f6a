"""All that can be trained: the presets of networks (`supervised`) and of agents (`rl`)."""

from collections.abc import Mapping, Sequence
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


def load(name: str) -> Preset:
    """The preset called `name`. UsageError, with the nearest name."""
    for kind in kinds():
        if name in kind.names():
            preset: Preset = kind.load(name)
            return preset
    cure = did_you_mean(name, names(), "`undergrad train --list` shows all of them.")
    raise UsageError(f"There is no preset `{name}`: {cure}")


def in_env(
    env: str, agent: str, options: Mapping[str, Any], pass_score: float | None = None
) -> Preset:
    """A preset for any environment, see `rl.run.any_env`."""
    from undergrad.rl.run.any_env import preset_for

    return preset_for(env, agent, options, pass_score)


def own_code(preset: Preset) -> dict[str, bytes]:
    """What a person wrote for the environment of a preset, see `rl.run.any_env`; else nothing."""
    if not preset.definition:
        return {}
    from undergrad.rl.run import any_env

    return any_env.own_code(preset.definition["environment"], preset.definition.get("folder", ""))


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """What was given as K=V, once or several times."""
    parts = [one.partition("=") for one in given]
    for name, sign, _ in parts:
        if not sign:
            raise UsageError(f"{option} needs a name and a value, as in `{option} {name}=VALUE`.")
    return {name.strip(): value for name, _, value in parts}


def values(option: str, given: Sequence[str]) -> dict[str, Any]:
    """The same, with values such as `5`, `false` or `blue` as what they mean in YAML."""
    import yaml

    try:
        return {name: yaml.safe_load(text) for name, text in pairs(option, given).items()}
    except yaml.YAMLError as error:
        raise UsageError(f"{option} needs values such as 5, false or blue: {given}.") from error


def kind_of(one: Preset | Run) -> Kind[Any]:
    """What trains this preset or this run. UsageError when its kind is unknown."""
    found = next((kind for kind in kinds() if kind.name == one.kind), None)
    if found is None:
        raise UsageError(f"{one.title} is of an unknown kind, `{one.kind}`; start a new run.")
    return found
