"""The agents of the page Play: real runs, with their weights rounded.

python -m bench.play                 # trains all of them, one after the other
python -m bench.play pong            # one of them
python -m bench.play pong RUN        # from the folder of a run that was made with its command

Each is written to `src/undergrad/site/policies/NAME.json`, with what made it and how it was judged.
A weight has two bytes, or three when two would change a decision in its judged episodes.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from undergrad import journey as journeys
from undergrad.course import load
from undergrad.rl.evaluate import make_episodes
from undergrad.rl.games import GAMES
from undergrad.rl.games.players import random_player
from undergrad.rl.networks import predict
from undergrad.rl.run.play import Player, player
from undergrad.rl.run.policy import as_data, network_of
from undergrad.rl.run.seeds import evaluate_seed
from undergrad.runs.run import Run

POLICIES = Path(__file__).parents[1] / "src" / "undergrad" / "site" / "policies"
_PPO = (
    "--agent ppo --set hidden_sizes=32 --set n_envs=64 --set n_steps=64 --set batch_size=1024 "
    "--set n_epochs=4 --set learning_rate=0.002 --set gamma=0.97 --set log_every=50_000 "
    "--set evaluate_every=200_000"
)
# The arguments of `undergrad train`.
RUNS = {
    "catch": "catch",
    "cartpole": "cartpole",
    "pong": "minipong --set hidden_sizes=40 --set steps=15_000_000",
    "courier": f"--env undergrad/Courier-v0 --pass-score 5 {_PPO} --set steps=2_000_000",
    "garden": f"--env undergrad/Garden-v0 --pass-score 5 {_PPO} --set steps=1_000_000",
    "connect": "connect4-zero --set hidden_sizes=96,64 --set steps=200_000 "
    "--set evaluate_every=100_000 --set log_every=20_000",
}


def train(name: str, folder: Path) -> Path:
    """Train it in a new journey in `folder`. Returns the folder of the run."""
    journey = journeys.create(folder / name, load())
    command = [sys.executable, "-m", "undergrad", "train", *RUNS[name].split()]
    subprocess.run([*command, "--journey", str(journey.root)], check=False)  # 1: below its line
    [run] = journey.runs.iterdir()
    return run


def policy(name: str, folder: Path) -> dict[str, Any]:
    """The policy of a run, and what is to be said of it."""
    run = Run.read(folder)
    agent = player(run)
    for width in (2, 3):
        data = as_data(agent.preset.env, agent.agent, width)
        assert data is not None, f"{folder} cannot be played in a page"
        alike, states = decisions(agent, data)
        if alike == states:
            break
    seed, line = agent.seed, agent.preset.pass_line
    if seed.score is None:  # trained, but not judged to the end
        seed = evaluate_seed(agent.preset, seed)
    score = seed.score or 0.0
    judged = f"{line.episodes} new episodes, with a mean return of {score:.4g}"
    if name == "connect":
        judged = f"{line.episodes} positions, with {100 * score:.1f}% right moves"
    if "--env" not in RUNS[name]:
        judged += (
            f", where {100 * line.score:.0f}%" if name == "connect" else f", where {line.score:g}"
        )
        judged += " passes"
    made = {
        "command": f"undergrad train {RUNS[name]}",
        "preset": agent.preset.name,
        "seed": seed.seed,
        "steps": seed.steps or agent.preset.settings.steps,
        "score": score,
        "date": run.started[:10],
        "judged": judged,
        "alike": f"{'all ' if alike == states else f'{alike:,} of '}{states:,} states",
    }
    return {"made": made, **data}


def decisions(agent: Player, data: dict[str, Any]) -> tuple[int, int]:
    """In how many states the rounded network decides like the trained one, and of how many."""
    rounded, alike, states = network_of(data), 0, 0
    for observation, action in visited(agent):
        chosen = predict(rounded, observation)[:, : data.get("game", {}).get("columns")]
        alike += int((chosen.argmax(1) == action).sum())
        states += len(action)
    return alike, states


def visited(agent: Player) -> Any:
    """Observations of its judged episodes, and what it decided: (K, ...) and (K,), step by step.

    Of a board game: positions of random play, and the move that the network prefers.
    """
    env = agent.preset.env
    if env.name in GAMES:
        game, rng = GAMES[env.name], np.random.default_rng(0)
        position, play = game.start(200), random_player(GAMES[env.name])
        while len(position.mask):
            logits, _ = agent.agent.evaluate(position)  # type: ignore[attr-defined]
            yield game.planes(position), logits.argmax(1)
            position = game.play(position, play(position, rng))
            position = position.at(~game.over(position))
        return
    episodes = make_episodes(env.name, agent.preset.pass_line.episodes, env.options)
    observation = episodes.start(agent.starts(agent.preset.pass_line.episodes))
    while len(observation):
        action = agent.policy(observation)
        yield observation, action
        observation, _, over = episodes.step(action)
        observation = observation[~over]
    episodes.close()


def write(name: str, folder: Path) -> None:
    """Write one of them, and say what came out."""
    POLICIES.mkdir(exist_ok=True)
    text = json.dumps(policy(name, folder), separators=(",", ":"))
    (POLICIES / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(text):,} bytes, {json.loads(text)['made']}")


def main(arguments: list[str]) -> None:
    """See the top of the file."""
    if len(arguments) == 2:
        write(arguments[0], Path(arguments[1]).absolute())
        return
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments or RUNS:
            write(name, train(name, Path(temporary)))


if __name__ == "__main__":
    main(sys.argv[1:])
