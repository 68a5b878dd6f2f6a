"""A task to train on: its numbers, its budget and its pass line, from one YAML file each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from undergrad.errors import UsageError
from undergrad.rl.build import settings_class
from undergrad.rl.run.line import Line
from undergrad.rl.settings import AgentSettings
from undergrad.rl.vector_env import EnvSpec
from undergrad.runs.settings import changed, from_dict

_FOLDER = Path(__file__).resolve().parent.parent / "presets"


@dataclass(frozen=True)
class Preset:
    """A task: which environment, which agent and settings, which pass line, what to expect."""

    name: str
    title: str
    what: str
    env: EnvSpec
    agent: str  # a name in `build.AGENTS`
    line: Line
    settings: AgentSettings
    seconds: float  # of one seed on one core
    megabytes: float

    def with_settings(self, changes: Mapping[str, str]) -> "Preset":
        """The same task with other settings, given as text. UsageError names what is allowed."""
        return replace(self, settings=changed(self.settings, changes))

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self.env.name

    @property
    def budget(self) -> str:
        """How much may be used for one seed, in words."""
        return f"{self.settings.steps:,} steps"


def names() -> tuple[str, ...]:
    """All tasks there are."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load(name: str) -> Preset:
    """The task called `name`. UsageError, with the nearest name, when there is none."""
    if name not in names():
        near = get_close_matches(name, names(), n=1)
        cure = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names())}."
        raise UsageError(f"There is no task `{name}` to train: {cure}")
    import yaml

    data = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return Preset(
        name=name,
        title=data["title"],
        what=data["what"],
        env=EnvSpec(data["environment"], data.get("options", {})),
        agent=data["agent"],
        line=Line(**data["line"]),
        settings=settings_from(data["agent"], data["settings"]),
        seconds=data["expected"]["seconds"],
        megabytes=data["expected"]["megabytes"],
    )


def settings_from(agent: str, data: Mapping[str, Any]) -> AgentSettings:
    """An agent's settings from JSON or YAML. TypeError when one is missing or unknown."""
    return from_dict(settings_class(agent), data)
