"""Time until greedy play reaches the line: `python -m bench.agents.race WHO SEED`.

Both sides train with their own choice of settings for CartPole, `ours` with the preset and `sb3`,
Stable-Baselines3, with the Zoo's, within the same budget of steps. `ours, the Zoo's settings` has
those as well, but for the learning rate, which falls to 0 with the budget as all of ours do.
Every 2,500 steps 20 greedy episodes are played, whose time does not count. Prints JSON: seconds
and steps to the line, or null.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.agents.settings import BUDGET, EPISODES, EVALUATE_EVERY, EXPLORATION, LINE, ZOO

Play = Callable[[], float]  # the mean return of greedy episodes


class Race:
    """A clock of the training alone, and where it stood when the line was reached."""

    def __init__(self) -> None:
        self.seconds, self.won = 0.0, False
        self.steps: int | None = None
        self._began = time.perf_counter()

    def over(self, steps: int, play: Play) -> bool:
        """Stop the clock, play, and start it again unless the line is reached."""
        self.seconds += time.perf_counter() - self._began
        self.won = play() >= LINE
        self.steps = steps if self.won else None
        self._began = time.perf_counter()
        return self.won


def main() -> None:
    peer, seed = sys.argv[1], int(sys.argv[2])
    race = {"ours": ours, "ours, the Zoo's settings": ours_as_theirs, "sb3": sb3}[peer](seed)
    print(json.dumps({"seconds": race.seconds if race.won else None, "steps": race.steps}))


def ours(seed: int) -> Race:
    from undergrad.rl.run import preset

    pauses = {"evaluate_every": str(10**9), "log_every": str(10**9), "steps": str(BUDGET)}
    return raced(preset.load("cartpole").with_settings(pauses), seed)


def ours_as_theirs(seed: int) -> Race:
    from bench.agents.peers import default_environments, recipe_task

    task = recipe_task(ZOO, default_environments(ZOO))
    settings = dataclasses.replace(
        task.settings,
        steps=BUDGET, epsilon_start=1.0, epsilon_steps=int(EXPLORATION * BUDGET),
        observation_scale=(), reward_scale=1.0, ema_decay=0.0,
        # SB3 copies while it plays, so its target stands still for a whole round of updates.
        target_update_interval=ZOO.updates,
    )  # fmt: skip
    return raced(dataclasses.replace(task, settings=settings), seed)


def raced(task: Any, seed: int) -> Race:
    """Ours: the task from this seed until the line is reached or the budget spent."""
    from undergrad.rl.evaluate import evaluate
    from undergrad.rl.run.trainer import Trainer

    trainer = Trainer(task, seed)

    def play() -> float:
        act = trainer.agent.act_greedily
        return evaluate(act, task.env.name, episodes=EPISODES, seed=[seed, trainer.steps]).mean

    race = Race()
    for steps in range(EVALUATE_EVERY, BUDGET, EVALUATE_EVERY):
        while trainer.steps < steps:
            trainer.advance()
        if race.over(steps, play):
            break
    return race


def sb3(seed: int) -> Race:
    import gymnasium
    import torch
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.evaluation import evaluate_policy
    from stable_baselines3.common.monitor import Monitor

    from bench.agents.peers import sb3_model

    torch.set_num_threads(1)
    model = sb3_model(ZOO, seed, exploration_fraction=EXPLORATION)
    world = Monitor(gymnasium.make("CartPole-v1"))
    world.reset(seed=10**6 + seed)

    def play() -> float:
        return float(evaluate_policy(model, world, n_eval_episodes=EPISODES)[0])

    class Referee(BaseCallback):
        def _on_step(self) -> bool:
            return self.num_timesteps % EVALUATE_EVERY != 0 or not race.over(
                self.num_timesteps, play
            )

    race = Race()
    model.learn(BUDGET, callback=Referee())
    return race


if __name__ == "__main__":
    main()
