"""Who trains: each peer as a function that takes a number of steps, again and again.

DQN plays CartPole, SAC and TD3 the pendulum.

Each import stands in the function that needs it: a process has one peer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from bench.agents.settings import RECIPES, Continuous, Recipe

WORLDS = {"Gymnasium's": "CartPole-v1", "array code": "undergrad/CartPole-v1"}
WARM_UP = 100  # steps of the pendulum before the first update
Advance = Callable[[int], None]  # take so many environment steps, with everything they bring


def advance_of(peer: str, setting: str) -> Advance:
    """A run that has started to learn. `setting`: the recipe, or for ours also `environments`
    and which world, as in "zoo, 4 environments" or "zoo, 4 environments, array code"."""
    name, *details = setting.split(", ")
    recipe = RECIPES[name]
    if isinstance(recipe, Continuous):
        made = {"ours": ours_continuous, "sb3": sb3_continuous}[peer](recipe, *details)
        made(2 * WARM_UP)
        return made
    if peer == "ours":
        return ours(recipe, *details)
    made = {"sb3": sb3, "cleanrl": cleanrl}[peer](recipe)
    made(recipe.learning_starts + recipe.every)
    return made


def default_environments(recipe: Recipe) -> int:
    """As many as make one update a round, but at most 8."""
    return min(8, recipe.every // recipe.updates * 4)


def ours(recipe: Recipe, environments: str = "", world: str = "Gymnasium's") -> Advance:
    """Our trainer with the recipe's numbers."""
    from undergrad.rl.run.trainer import Trainer
    from undergrad.rl.vector_env import EnvSpec

    count = int(environments.split()[0]) if environments else default_environments(recipe)
    task = dataclasses.replace(recipe_task(recipe, count), env=EnvSpec(WORLDS[world]))
    trainer = Trainer(task, seed=0)

    def advance(steps: int) -> None:
        end = trainer.steps + steps
        while trainer.steps < end:
            trainer.advance()

    advance(recipe.learning_starts + task.settings.n_envs)
    return advance


def recipe_task(recipe: Recipe, count: int) -> Any:
    """Our preset with the recipe's numbers; updates follow each step of all `count` environments,
    or of as many more as one update needs."""
    from undergrad.rl.run import preset

    task = preset.load("cartpole")
    ratio = recipe.updates / recipe.every  # updates an environment step
    updates = max(round(ratio * count), 1)
    settings = dataclasses.replace(
        task.settings,
        steps=10**9, evaluate_every=10**9, log_every=10**9,
        n_envs=round(updates / ratio), gradient_steps=updates,
        hidden_sizes=recipe.hidden, batch_size=recipe.batch, buffer_size=recipe.buffer,
        learning_rate=recipe.learning_rate, learning_starts=recipe.learning_starts,
        gamma=recipe.discount, n_step=1,
        tau=1.0, target_update_interval=max(round(recipe.target * ratio), 1),
        epsilon_start=recipe.epsilon, epsilon_end=recipe.epsilon,
        max_grad_norm=min(recipe.max_grad_norm, 10.0**9),
    )  # fmt: skip
    return dataclasses.replace(task, settings=settings)


def ours_continuous(recipe: Continuous, environments: str = "1 environment") -> Advance:
    """Our loop with one update for each environment step."""
    from undergrad.rl.build import build
    from undergrad.rl.run import preset

    count = int(environments.split()[0])
    task = preset.load(f"{recipe.agent}-pendulum")
    settings = dataclasses.replace(
        task.settings,
        steps=10**9, n_envs=count, gradient_steps=count, learning_starts=WARM_UP,
        hidden_sizes=recipe.hidden, batch_size=recipe.batch, buffer_size=20_000,
    )  # fmt: skip
    loop = build(task.agent, task.env, settings, seed=0)

    def advance(steps: int) -> None:
        end = loop.steps + steps
        while loop.steps < end:
            loop.advance()

    return advance


def sb3_continuous(recipe: Continuous) -> Advance:
    """Stable-Baselines3's SAC or TD3, with its own defaults for all that makes no work."""
    import stable_baselines3

    model = getattr(stable_baselines3, recipe.agent.upper())(
        "MlpPolicy",
        "Pendulum-v1",
        buffer_size=20_000,
        learning_starts=WARM_UP,
        batch_size=recipe.batch,
        train_freq=1,
        gradient_steps=1,
        policy_kwargs={"net_arch": list(recipe.hidden)},
        seed=0,
        device="cpu",
    )
    return lambda steps: model.learn(steps, reset_num_timesteps=False)


def sb3(recipe: Recipe) -> Advance:
    """Stable-Baselines3's DQN."""
    model = sb3_model(recipe, seed=0)
    return lambda steps: model.learn(steps, reset_num_timesteps=False)


def sb3_model(recipe: Recipe, seed: int, **exploration: Any) -> Any:
    """With `exploration`, other settings of its epsilon than the final one."""
    from stable_baselines3 import DQN

    return DQN(
        "MlpPolicy",
        "CartPole-v1",
        learning_rate=recipe.learning_rate,
        buffer_size=recipe.buffer,
        learning_starts=recipe.learning_starts,
        batch_size=recipe.batch,
        gamma=recipe.discount,
        train_freq=recipe.every,
        gradient_steps=recipe.updates,
        target_update_interval=recipe.target,
        max_grad_norm=recipe.max_grad_norm,
        policy_kwargs={"net_arch": list(recipe.hidden)},
        seed=seed,
        device="cpu",
        exploration_final_eps=recipe.epsilon,
        **(exploration or {"exploration_initial_eps": recipe.epsilon}),
    )


def cleanrl(recipe: Recipe) -> Advance:
    """A single-file loop in PyTorch as CleanRL's: one environment, the replay memory of SB3."""
    import gymnasium
    import numpy as np
    import torch
    from stable_baselines3.common.buffers import ReplayBuffer

    world = gymnasium.vector.SyncVectorEnv(
        [lambda: gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))],
        autoreset_mode=gymnasium.vector.AutoresetMode.SAME_STEP,
    )
    seen, acts = world.single_observation_space, world.single_action_space
    net, target = (torch_net((4, *recipe.hidden, 2)) for _ in range(2))
    target.load_state_dict(net.state_dict())
    adam = torch.optim.Adam(net.parameters(), lr=recipe.learning_rate)
    memory = ReplayBuffer(recipe.buffer, seen, acts, "cpu", handle_timeout_termination=False)
    rng = np.random.default_rng(0)
    state = {"steps": 0, "seen": world.reset(seed=0)[0]}

    def learn() -> None:
        data = memory.sample(recipe.batch)
        with torch.no_grad():
            best, _ = target(data.next_observations).max(dim=1)
            wanted = data.rewards.flatten() + recipe.discount * best * (1 - data.dones.flatten())
        old = net(data.observations).gather(1, data.actions).squeeze()
        loss = torch.nn.functional.mse_loss(wanted, old)
        adam.zero_grad()
        loss.backward()
        adam.step()

    def advance(steps: int) -> None:
        for _ in range(steps):
            if rng.random() < recipe.epsilon:
                actions = np.array([acts.sample()])
            else:
                actions = torch.argmax(net(torch.Tensor(state["seen"])), dim=1).numpy()
            after, rewards, ended, cut, infos = world.step(actions)
            true_after = after.copy()
            for i in np.flatnonzero(cut | ended):
                true_after[i] = infos["final_obs"][i]
            memory.add(state["seen"], true_after, actions, rewards, ended, [infos])
            state["seen"] = after
            state["steps"] += 1
            if state["steps"] > recipe.learning_starts:
                if state["steps"] % recipe.every == 0:
                    learn()
                if state["steps"] % recipe.target == 0:
                    target.load_state_dict(net.state_dict())

    return advance


def torch_net(widths: tuple[int, ...]) -> Any:
    from torch import nn

    from bench.workloads import dense

    return dense(nn, widths)
