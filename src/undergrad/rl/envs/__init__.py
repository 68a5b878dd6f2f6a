"""Small environments of our own, for Gymnasium: `undergrad/Catch-v0` and its neighbours.

Each is a game whose rules (`rules.py`) are pure functions over arrays. `one_game.py` makes an
ordinary environment of it and `many_games.py` a vector environment, both from the same functions.
To add one, write its rules in a file and name it in the table below.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from undergrad.rl.envs.many_games import ManyGames
    from undergrad.rl.envs.one_game import OneGame

# name: (module, what makes the rules, steps after which a game is cut off)
_GAMES = {
    "Chain-v0": ("grids", "chain_game", 200),
    "Gridworld-v0": ("grids", "gridworld_game", 200),
    "Cliff-v0": ("grids", "cliff_game", 200),
    "MaximizationBias-v0": ("grids", "maximization_bias_game", 10),
    "Catch-v0": ("catch", "Catch", None),
    "MiniPong-v0": ("pong", "Pong", 1000),
    "CartPole-v1": ("cartpole", "CartPole", 500),
    "Courier-v0": ("courier", "Courier", 500),
    "Garden-v0": ("garden", "Garden", 500),
    "Puck-v0": ("puck", "Puck", 100),
}
NAMES = tuple(f"undergrad/{name}" for name in _GAMES)


def register() -> None:
    """Tell Gymnasium about our environments. A second call changes nothing."""
    import gymnasium

    for name, (module, maker, limit) in _GAMES.items():
        if f"undergrad/{name}" not in gymnasium.registry:
            gymnasium.register(
                f"undergrad/{name}",
                "undergrad.rl.envs:make_one",
                vector_entry_point="undergrad.rl.envs:make_many",
                max_episode_steps=limit,
                disable_env_checker=True,  # it would cost more than the games; the tests run it
                kwargs={"rules": f"{module}:{maker}"},
            )


def make_one(rules: str, render_mode: str | None = None, **settings: Any) -> "OneGame":
    """One game of `module:maker`; `settings` go to the maker."""
    from undergrad.rl.envs.one_game import OneGame

    return OneGame(_make(rules, settings), render_mode)


def make_many(
    rules: str,
    num_envs: int = 1,
    max_episode_steps: int | None = None,
    autoreset_mode: Any = "NextStep",
    render_mode: str | None = None,
    **settings: Any,
) -> "ManyGames":
    """`num_envs` games of `module:maker`; `settings` go to the maker."""
    from undergrad.rl.envs.many_games import ManyGames

    made = _make(rules, settings)
    return ManyGames(made, num_envs, max_episode_steps, autoreset_mode, render_mode)


def _make(rules: str, settings: dict[str, Any]) -> Any:
    module, _, maker = rules.partition(":")
    return getattr(import_module(f"undergrad.rl.envs.{module}"), maker)(**settings)
