"""The agent of a run, as it was judged, ready to play."""

from dataclasses import dataclass
from pathlib import Path

from undergrad import run_folder as disk
from undergrad.errors import UsageError
from undergrad.rl.evaluate import Policy, episode_seeds
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.seeds import load_checkpoint
from undergrad.rl.run.session import task_of
from undergrad.rl.run.trainer import Trainer
from undergrad.rl.streams import JUDGING


@dataclass(frozen=True)
class Player:
    """An agent as it was judged, and where it plays."""

    task: Preset
    seed: int
    policy: Policy

    def starts(self, episodes: int) -> list[int]:
        """Seeds of the first of the very episodes that it was judged by."""
        return episode_seeds([self.seed, JUDGING], episodes)


def player(run: Path, seed: int | None = None) -> Player:
    """The agent of one seed of a run, its first when `seed` is None. UsageError without one."""
    task, entries = task_of(run), disk.read_record(run)["seeds"]
    known = [entry["seed"] for entry in entries]
    chosen = known[0] if seed is None else seed
    if chosen not in known:
        raise UsageError(
            f"{run.name} has no seed {chosen}: there are {', '.join(map(str, known))}."
        )
    trainer = Trainer(task, chosen)
    load_checkpoint(run / entries[known.index(chosen)]["folder"], trainer)
    trainer.close()
    if not trainer.best:
        raise UsageError(f"{run.name} stopped before its first evaluation; resume it first.")
    return Player(task, chosen, trainer.judged_agent().act_greedily)
