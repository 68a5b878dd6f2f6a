"""A task to train on: its numbers, its budget and its pass line, from one YAML file each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from undergrad.errors import UsageError
from undergrad.setting_text import changed, with_tuples

_FOLDER = Path(__file__).resolve().parent.parent / "presets"


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training besides the seed. What each means stands in the YAML."""

    steps: int
    envs: int
    observation_scale: tuple[float, ...]
    hidden: tuple[int, ...]
    double: bool
    discount: float
    lookahead: int
    reward_scale: float
    largest_value: float
    learning_rate: float
    batch: int
    updates: int
    tau: float
    target_every: int
    average_rate: float
    buffer: int
    learning_starts: int
    epsilon_start: float
    epsilon_end: float
    epsilon_steps: int
    huber_delta: float
    clip_norm: float
    evaluate_every: int
    evaluation_episodes: int
    log_every: int

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            problem = _problem(name, value)
            if problem:
                raise UsageError(f"The setting {name} must be {problem}, and is {value}.")


@dataclass(frozen=True)
class Line:
    """What counts as learnt, fixed before the training."""

    score: float
    episodes: int
    not_below: float
    evaluations: int

    def __str__(self) -> str:
        return (
            f"mean return of at least {self.score:g} over {self.episodes} new greedy episodes, "
            f"and at least {self.not_below:g} in each of the last {self.evaluations} evaluations"
        )


@dataclass(frozen=True)
class Preset:
    """A task: which environment, which settings, which pass line, what to expect."""

    name: str
    title: str
    what: str
    environment: str
    line: Line
    settings: Settings
    seconds: float  # of one seed on one core
    megabytes: float

    def with_settings(self, changes: Mapping[str, str]) -> "Preset":
        """The same task with other settings, given as text. UsageError names what is allowed."""
        return replace(self, settings=changed(self.settings, changes))

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
        environment=data["environment"],
        line=Line(**data["line"]),
        settings=settings_from(data["settings"]),
        seconds=data["expected"]["seconds"],
        megabytes=data["expected"]["megabytes"],
    )


def settings_from(data: Mapping[str, Any]) -> Settings:
    """Settings from JSON or YAML. TypeError when one is missing or unknown."""
    return Settings(**with_tuples(data))


_FRACTIONS = ("epsilon_start", "epsilon_end", "tau", "average_rate")
_MAY_BE_ZERO = ("epsilon_start", "epsilon_end", "learning_starts")
_LARGEST_COUNT = 10**9


def _problem(name: str, value: Any) -> str:
    """What the value must be and is not; empty when it is fine."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, tuple):
        return (
            "" if all(0 < size <= 10_000 for size in value) else "numbers above 0 and at most 10000"
        )
    if name == "discount":
        return "" if 0 <= value < 1 else "at least 0 and below 1"
    if name in _FRACTIONS and not 0 <= value <= 1:
        return "between 0 and 1"
    if name in _MAY_BE_ZERO:
        return "" if 0 <= value <= _LARGEST_COUNT else "0 or more"
    return "" if 0 < value <= _LARGEST_COUNT else "above 0 and at most a billion"
