"""A preset: what can be trained, with the budget and the pass line that were fixed before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from undergrad.runs.run import SeedResult
from undergrad.runs.seeds import Callbacks, ShouldStop
from undergrad.runs.settings import Settings, changed

AnyPreset = TypeVar("AnyPreset", bound="Preset")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What all presets have.

    `seconds` and `megabytes` are those of one seed on one core; 0 when nobody has measured them.
    `lower_is_better` says how scores compare: true where they are errors or bits.
    `definition` is all of it as plain values, for one that is not ours and that a run has to keep.
    """

    kind: ClassVar[str]  # the name of its `Kind`

    name: str
    title: str
    what: str  # two or three sentences for a newcomer
    pass_line: Any  # str() of it is what counts as learned
    settings: Settings
    seconds: float
    megabytes: float
    plots: tuple[str, ...]  # names in the folder of a seed
    clips: tuple[str, ...] = ()
    lower_is_better: bool = False
    definition: Mapping[str, Any] = field(default_factory=dict)

    @property
    def budget(self) -> str:
        """How much may be used for one seed, in words."""
        raise NotImplementedError

    def with_settings(self: AnyPreset, changes: Mapping[str, str]) -> AnyPreset:
        """The same preset with other settings, given as text. UsageError names what is allowed."""
        return replace(self, settings=changed(self.settings, changes))


@dataclass(frozen=True)
class Kind(Generic[AnyPreset]):
    """What is different between runs of networks and runs of agents.

    Arguments:
        name: as `run.json` has it.
        names: all presets of this kind.
        load: a preset by its name.
        train_seed: trains and judges one seed of a preset; see `seeds.TrainSeed`.
        evaluate_seed: judges its checkpoint again; of agents, on any number of episodes.
        summarise: the outcome of a run in a sentence, from the results of its seeds.
        define: a preset by its name from its `definition`; None where there are only ours.
    """

    name: str
    names: Callable[[], Sequence[str]]
    load: Callable[[str], AnyPreset]
    train_seed: Callable[[AnyPreset, int, Path, Callbacks, ShouldStop], SeedResult]
    evaluate_seed: Callable[[AnyPreset, SeedResult, int | None], SeedResult]
    summarise: Callable[[AnyPreset, Sequence[SeedResult]], str]
    define: Callable[[str, Mapping[str, Any]], AnyPreset] | None = None
