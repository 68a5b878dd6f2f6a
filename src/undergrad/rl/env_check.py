"""Can an environment be learned in, and is it honest? Each question with an answer in one sentence.

Gymnasium's own checker asks whether an environment keeps to the interface. What spoils a training
without any error is asked here too: whether a seed decides everything that happens, whether two
copies leave each other alone, whether an episode ends, whether a reward can be earned at all.
"""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

from undergrad.errors import UndergradError
from undergrad.rl.env import EnvChecker
from undergrad.rl.registry import aside, register
from undergrad.rl.run.render import rendered
from undergrad.rl.vector_env import LIMIT, EnvSpec, PlainEnv, make_one
from undergrad.runs.run import score_text

_STEPS = 200  # of a trajectory that is compared with another
_EPISODES = 20  # of the random agent
_MOST = 20_000  # steps of all its episodes together
# Without this, the others say nothing: their answers would only repeat what is wrong.
_NEEDED_BY = {"steps": {"interface", "seed", "copies", "random agent", "film"}, "seed": {"copies"}}


@dataclass(frozen=True)
class Finding:
    """The answer to one question: `said` is what was found, with the cure when it is not ok."""

    question: str
    ok: bool
    said: str


class _Broken(Exception):
    """What is wrong, and what to do, in one sentence."""


def check(name: str, options: Mapping[str, Any], folder: str = "") -> Iterator[Finding]:
    """Ask all questions about the environment `name` that still have a meaning.

    UsageError or ToolError when it cannot even be made.
    """
    spec = EnvSpec(name, options, folder)
    register(name, folder)
    with closing(make_one(name, **options)) as env:
        yield Finding("spaces", True, f"{_spaces(env)}; {_agents(env)} can learn in it")
    questions: dict[str, Callable[[EnvSpec], str]] = {
        "steps": _steps,
        "interface": _interface,
        "seed": _seed,
        "copies": _copies,
        "random agent": _random_agent,
        "film": _film,
    }
    meaningless: set[str] = set()
    for question, answer in questions.items():
        if question in meaningless:
            continue
        try:
            yield Finding(question, True, answer(spec))
        except (_Broken, UndergradError, MemoryError) as error:
            said = " ".join(str(error).split())
            if isinstance(error, MemoryError):
                said = f"there is not enough memory for it ({said or 'MemoryError'})"
            yield Finding(question, False, said)
            meaningless |= _NEEDED_BY.get(question, set())


def _spaces(env: PlainEnv) -> str:
    return f"observations {env.observation_space}, actions {env.action_space}"


def _agents(env: PlainEnv) -> str:
    spaces = env.observation_space, env.action_space
    if not isinstance(spaces[1], gymnasium.spaces.Discrete):
        return "sac, td3, ppo, a2c and reinforce"
    table = ", q-learning" if isinstance(spaces[0], gymnasium.spaces.Discrete) else ""
    return f"dqn{table}, ppo, a2c and reinforce"


def _steps(spec: EnvSpec) -> str:
    """Everything that comes back in some steps is what Gymnasium agreed on."""
    with closing(make_one(spec.name, **spec.options)) as env:
        count = len(_trajectory(env, seed=0)) - 1
    return f"observations and rewards of {count} steps are finite, and in their spaces"


def _interface(spec: EnvSpec) -> str:
    make = closing(make_one(spec.name, **spec.options))
    with make as env, warnings.catch_warnings(), aside(spec.name):
        warnings.simplefilter("ignore")
        try:
            check_env(env.unwrapped, skip_render_check=True, skip_close_check=True)
        except UndergradError:
            raise
        except Exception as error:  # assertions and warnings of many kinds
            said = " ".join(str(error).split()).rstrip(".")
            raise _Broken(f"Gymnasium's own check says: {said or type(error).__name__}.") from error
    return "Gymnasium's own check has nothing to say against it"


def _seed(spec: EnvSpec) -> str:
    with closing(make_one(spec.name, **spec.options)) as env:
        first, second = (_trajectory(env, seed=7) for _ in range(2))
    _compare(
        first,
        second,
        "the same seed and the same actions led elsewhere: call super().reset(seed=seed), draw "
        "every random number from self.np_random, and start everything again in reset",
    )
    return "the same seed and the same actions lead to the same episodes"


def _copies(spec: EnvSpec) -> str:
    with (
        closing(make_one(spec.name, **spec.options)) as one,
        closing(make_one(spec.name, **spec.options)) as other,
    ):
        alone = _trajectory(one, seed=7)
        beside = _trajectory(one, seed=7, meanwhile=other)
    _compare(
        alone,
        beside,
        "another copy changes what happens in this one: keep nothing in the class or the module, "
        "only in self",
    )
    return "two copies side by side leave each other alone"


def _compare(one: list[Any], other: list[Any], sentence: str) -> None:
    pairs = enumerate(zip(one, other, strict=False))
    step = next((i for i, (a, b) in pairs if not np.array_equal(a, b)), None)
    if step is not None:
        raise _Broken(f"After {step} steps {sentence}.")


def _random_agent(spec: EnvSpec) -> str:
    returns: list[float] = []
    steps, started = 0, time.process_time()
    with closing(make_one(spec.name, **spec.options)) as env:
        env.action_space.seed(0)
        while len(returns) < _EPISODES and steps < _MOST:
            env.reset(seed=len(returns))
            earned, over = 0.0, False
            while not over:
                _, reward, terminated, truncated, _ = env.step(env.action_space.sample())
                earned, over, steps = earned + reward, terminated or truncated, steps + 1
            returns.append(earned)
            if steps == LIMIT and env.imposed:
                raise _Broken(
                    f"An episode did not end within {LIMIT:,} steps, and will be cut off there: "
                    "return terminated=True somewhere, or set max_episode_steps."
                )
    rate = steps / max(time.process_time() - started, 1e-9)
    mean, std = score_text(float(np.mean(returns))), score_text(float(np.std(returns)))
    return (
        f"returns {mean} ± {std} over {len(returns)} episodes of {steps / len(returns):.0f} steps "
        f"on average; {float(f'{rate:.2g}'):,.0f} steps a second"
    )


def _film(spec: EnvSpec) -> str:
    with closing(make_one(spec.name, **spec.options)) as env:
        modes = env.metadata.get("render_modes", ())
    if "rgb_array" not in modes:
        return "none, since render_modes has no rgb_array; everything else works without"
    with rendered(spec) as env:
        env.reset(seed=0)
        height, width, _ = np.shape(env.render())
    return f"images of {width} x {height} pixels"


def _trajectory(env: PlainEnv, seed: int, meanwhile: PlainEnv | None = None) -> list[Any]:
    """What is seen and earned in some steps of random actions; another copy may act in between."""
    checker = EnvChecker(env.name, env.observation_space)
    env.action_space.seed(seed)
    seen, _ = env.reset(seed=seed)
    found = [np.array(seen)]
    checker.check_observation(np.array(seen)[None])
    for step in range(_STEPS):
        if meanwhile is not None:
            _meddle(meanwhile, restart=step % 10 == 0)
        seen, reward, terminated, truncated, _ = env.step(env.action_space.sample())
        checker.check(np.array(seen)[None], np.array([reward]))
        if terminated or truncated:
            seed += 1
            seen, _ = env.reset(seed=seed)
            checker.check_observation(np.array(seen)[None])
        found.append(np.append(np.ravel(seen), [reward, terminated, truncated]))
    return found


def _meddle(env: PlainEnv, *, restart: bool) -> None:
    """Let another copy do something."""
    if restart:
        env.reset(seed=99)
    _, _, terminated, truncated, _ = env.step(env.action_space.sample())
    if terminated or truncated:
        env.reset(seed=98)
