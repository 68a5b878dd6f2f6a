"""The agent of a run, as it was judged, ready to play."""

from dataclasses import dataclass

from undergrad.errors import UsageError
from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.evaluate import Policy, episode_seeds
from undergrad.rl.games.play import Advisor
from undergrad.rl.loops import Agent
from undergrad.rl.run.preset import Preset
from undergrad.rl.run.seeds import KIND, trained
from undergrad.rl.search.advice import puct_advisor
from undergrad.rl.streams import JUDGING
from undergrad.runs import session
from undergrad.runs.run import Run, SeedResult


@dataclass(frozen=True)
class Player:
    """An agent as it was judged, and where it plays."""

    preset: Preset
    seed: SeedResult
    agent: Agent

    @property
    def policy(self) -> Policy:
        """What it does, without exploring."""
        return self.agent.act_greedily

    @property
    def advisor(self) -> Advisor | None:
        """What its search finds, when it plays a board game against somebody."""
        if not isinstance(self.agent, AlphaZero):
            return None
        simulations = max(1, self.agent.settings.evaluation_simulations)  # 1: the network's choice
        return puct_advisor(self.agent.game, self.agent.evaluate, simulations, self.agent.puct)

    def starts(self, episodes: int) -> list[int]:
        """Seeds of the first of the very episodes that it was judged by."""
        return episode_seeds([self.seed.seed, JUDGING], episodes)


def player(run: Run, seed: int | None = None) -> Player:
    """The agent of one seed of a run, its first when `seed` is None. UsageError without one."""
    preset, known = session.preset_of(run, KIND), [one.seed for one in run.seeds]
    chosen = known[0] if seed is None else seed
    if chosen not in known:
        raise UsageError(f"{run.id} has no seed {chosen}, only {', '.join(map(str, known))}.")
    result = run.seeds[known.index(chosen)]
    return Player(preset, result, trained(preset, result).judged_agent())
