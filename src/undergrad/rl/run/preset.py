"""A preset of an agent: environment, settings, budget and pass line, from one YAML file each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from undergrad import runs
from undergrad.errors import UsageError
from undergrad.rl.build import settings_class
from undergrad.rl.run.threshold import Threshold, pass_line
from undergrad.rl.settings import AgentSettings
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs.settings import from_dict
from undergrad.words import did_you_mean

PLOTS = ("returns",)
CLIPS = ("before.webp", "after.webp")
_FOLDER = Path(__file__).resolve().parent.parent / "presets"


@dataclass(frozen=True, kw_only=True)
class Preset(runs.Preset):
    """What to learn where: an environment, an agent, and a pass line."""

    kind: ClassVar[str] = "reinforcement"

    env: EnvSpec
    agent: str  # a name in `build.AGENTS`
    settings: AgentSettings
    pass_line: Threshold
    plots: tuple[str, ...] = PLOTS
    clips: tuple[str, ...] = CLIPS

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self.env.name

    @property
    def budget(self) -> str:
        return f"{self.settings.steps:,} steps"


def names() -> tuple[str, ...]:
    """All presets of agents."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load(name: str) -> Preset:
    """The preset called `name`. UsageError, with the nearest name, when there is none."""
    if name not in names():
        others = f"there are {', '.join(names())}."
        raise UsageError(f"There is no preset `{name}`: {did_you_mean(name, names(), others)}")
    import yaml

    return define(name, yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def define(name: str, data: Mapping[str, Any]) -> Preset:
    """A preset from plain values, as one of our files or a `run.json` has them.

    KeyError or TypeError when something is missing.
    """
    options, folder = data.get("options", {}), data.get("folder", "")
    return Preset(
        name=name,
        title=data["title"],
        what=data["what"],
        env=EnvSpec(data["environment"], options, folder),
        agent=data["agent"],
        pass_line=pass_line(data["pass_line"]),
        settings=settings_from(data["agent"], data["settings"]),
        seconds=data["expected"]["seconds"],
        megabytes=data["expected"]["megabytes"],
        plots=tuple(data.get("plots", PLOTS)),
        clips=tuple(data.get("clips", CLIPS)),
        definition=data if "arguments" in data else {},
    )


def settings_from(agent: str, data: Mapping[str, Any]) -> AgentSettings:
    """An agent's settings from JSON or YAML. TypeError when one is unknown."""
    return from_dict(settings_class(agent), data)
