"""A preset for any environment: what `undergrad train --env` trains.

The environment, an agent and a pass line make a preset like ours. Its definition is kept in the
run, so whatever comes later (resuming, playing, judging again) does not know the difference.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from undergrad.errors import UsageError
from undergrad.rl.build import build
from undergrad.rl.run.preset import CLIPS, Preset, define
from undergrad.rl.vector_env import LIMIT, make_one

_MOST_CODE = 1_000_000  # bytes that travel to other machines

# What can be trained: its name on the command line, the name in `build.AGENTS`, and settings that
# suit a small environment of unknown rewards.
_BUDGET = {"steps": 50_000, "evaluate_every": 5_000, "evaluation_episodes": 20, "log_every": 500}
AGENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "dqn": ("dqn", {"buffer_size": 50_000, "ema_decay": 0.998}),
    "ppo": ("ppo", {"reward_scale": 0, "learning_rate": 0.003, "ent_coef": 0.01}),
    "a2c": ("a2c", {"learning_rate": 0.003, "ent_coef": 0.01}),
    "reinforce": ("reinforce", {"learning_rate": 0.003, "ent_coef": 0.01}),
    "sac": ("sac", {"ent_coef": 0.1, "n_envs": 4, "gradient_steps": 4}),
    "td3": ("td3", {"n_envs": 4, "gradient_steps": 4}),
    "q-learning": (
        "tabular",
        {"learning_rate": 0.5, "epsilon_start": 1.0, "epsilon_steps": 10_000},
    ),
}


def preset_for(
    name: str,
    agent: str,
    options: Mapping[str, Any] | None = None,
    pass_score: float | None = None,
) -> Preset:
    """A preset that trains `agent` in the environment `name`.

    Arguments:
        name: see `registry`; its module is looked for in the current folder too.
        agent: a key of `AGENTS`.
        options: for making the environment.
        pass_score: the mean return that counts as learned; the environment's own
            `reward_threshold` when left out.

    Raises UsageError when there is no such environment, when the agent cannot learn there, or when
    nothing says what counts as learned; ToolError when the environment fails already.
    """
    folder = str(Path.cwd()) if ":" in name else ""
    env = make_one(name, **(options or {}))
    env.close()
    spec = env.unwrapped.spec
    line = spec.reward_threshold if spec and pass_score is None else pass_score
    if line is None:
        raise UsageError(
            f"Nothing says what counts as learned in {name}: add `--pass-score N`, or register it "
            f"with a reward_threshold. `undergrad env check {name}` shows what random actions earn."
        )
    renders = "rgb_array" in env.metadata.get("render_modes", ())
    limit = "" if env.imposed is None else f" An episode is cut off after {LIMIT:,} steps."
    kind, settings = AGENTS[agent]
    short = name.rpartition(":")[2].rpartition("/")[2]
    preset = define(
        f"{re.sub('[^a-z0-9]+', '-', short.lower())}-{agent}",
        {
            "title": f"{short} with {agent}",
            "what": f"The environment {name}, as it was found here.{limit}",
            "environment": name,
            "options": dict(options or {}),
            "folder": folder,
            "agent": kind,
            "pass_line": {"score": line, "episodes": 100},
            "settings": {**_BUDGET, **settings},
            "expected": {"seconds": 0, "megabytes": 0},
            "clips": list(CLIPS if renders else ()),
            "arguments": f"--env {name} --agent {agent}",
        },
    )
    build(preset.agent, preset.env, preset.settings, seed=0).close()
    return preset


def own_code(name: str, folder: str) -> dict[str, bytes]:
    """What a person wrote for an environment: its module, and what that imports from beside it.

    For other machines, by paths; empty when the environment is installed. Only Python is taken.

    Arguments:
        name, folder: of an `EnvSpec`.

    Raises UsageError when it is more than a megabyte.
    """
    module, colon, _ = name.partition(":")
    places = [Path(folder)] if folder else []
    places.append(Path.cwd())
    found: dict[str, bytes] = {}
    waiting = [module] if colon else []
    while waiting:
        first = waiting.pop().partition(".")[0]
        files = next(filter(None, ([*_python_files(place, first)] for place in places)), [])
        for relative, content in files:
            if relative not in found:
                found[relative] = content
                waiting += _imports(content)
    size = sum(map(len, found.values()))
    if size > _MOST_CODE:
        raise UsageError(
            f"The module `{module}`, with what it imports from beside it, has {size:,} bytes of "
            f"Python, and {_MOST_CODE:,} may travel: put it into a folder of its own, or leave out "
            "--cluster."
        )
    return found


def _python_files(place: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The module `name` in a folder, or all of the package, by paths from there."""
    for path in (place / f"{name}.py", *sorted((place / name).rglob("*.py"))):
        if path.is_file():
            yield path.relative_to(place).as_posix(), path.read_bytes()


def _imports(source: bytes) -> Iterator[str]:
    """The modules that a file imports; none of a file that is not Python."""
    with suppress(SyntaxError, ValueError, RecursionError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
