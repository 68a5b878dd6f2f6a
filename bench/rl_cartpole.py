"""How many steps of CartPole a second DQN trains, with the numbers of the preset.

    python bench/rl_cartpole.py [STEPS]

Counts whole training: environments, acting, replay, learning; no evaluations.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy: the nets are tiny

import sys
import time

from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer


def main(steps: int) -> None:
    changes = {"steps": str(steps), "evaluate_every": str(10**9)}
    trainer = Trainer(preset.load("cartpole").with_settings(changes), seed=0)
    settings = trainer.preset.settings
    started = time.perf_counter()
    while trainer.steps < steps - settings.envs:  # the last step would evaluate
        trainer.advance()
    seconds = time.perf_counter() - started
    print(f"{'net':24} 4-{'-'.join(map(str, settings.hidden))}-2, batch {settings.batch}")
    print(
        f"{'environments':24} {settings.envs}, {settings.updates / settings.envs:g} updates a step"
    )
    print(f"{'steps a second':24} {trainer.steps / seconds:,.0f}")
    print(f"{'updates a second':24} {trainer.agent.updates / seconds:,.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
