"""How many steps of CartPole a second DQN trains, with the numbers of its preset.

Counts whole training: environments, acting, replay, learning; no evaluations. A process of its own,
since NumPy reads the number of threads when it starts: `python -m bench.cartpole [STEPS]`.
"""

import json
import sys
import time

from undergrad.rl.run import preset
from undergrad.rl.run.trainer import Trainer


def main(steps: int) -> None:
    """Prints JSON: the net, the settings, steps and updates a second."""
    changes = {"steps": str(steps), "evaluate_every": str(10**9)}
    trainer = Trainer(preset.load("cartpole").with_settings(changes), seed=0)
    settings = trainer.preset.settings
    started = time.perf_counter()
    while trainer.steps < steps - settings.n_envs:  # the last step would evaluate
        trainer.advance()
    seconds = time.perf_counter() - started
    measured = {
        "net": f"4-{'-'.join(map(str, settings.hidden_sizes))}-2",
        "batch": settings.batch_size,
        "environments": settings.n_envs,
        "steps": trainer.steps / seconds,
        "updates": trainer.loop.agent.updates / seconds,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
