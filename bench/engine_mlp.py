"""Small networks: our steps a second over PyTorch's, in one interleaved run.

    OPENBLAS_NUM_THREADS=1 python bench/engine_mlp.py

Needs PyTorch. Each workload is a whole training step (forward, loss, backward, Adam) or one act.
PyTorch is measured with one thread, eager, with its default Adam and with its fused Adam; the ratio
is against the faster of the two, so above 1 means that we are faster. The two sides take turns,
each for a fifth of a second, and the median of the turns counts: what else the machine is doing
then slows both.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from undergrad.engine import Tensor, nn, no_grad, optim

TURNS, SECONDS = 9, 0.2
Step = Callable[[], object]


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'workload':34} {'ours':>9} {'torch':>9} {'fused':>9} {'ratio':>6}")
    for name, steps in WORKLOADS.items():
        ours, *theirs = medians(steps())
        columns = [f"{seconds * 1e6:7.1f}us" for seconds in (ours, *theirs)]
        columns += [" " * 9] * (3 - len(columns))
        print(f"{name:34} {' '.join(columns)} {min(theirs) / ours:6.2f}", flush=True)


def medians(steps: list[Step]) -> list[float]:
    """Seconds a call of each step, measured in turns."""
    turns = [[seconds_a_call(step) for step in steps] for _ in range(TURNS)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def seconds_a_call(step: Step) -> float:
    step()
    calls, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        step()
        calls += 1
    return spent / calls


def sizes(kind: object, *widths: int) -> list[object]:
    """Linear layers of these widths with ReLU between, of our `nn` or of PyTorch's."""
    layers: list[object] = []
    for wide, narrow in itertools.pairwise(widths):
        layers += [kind.Linear(wide, narrow), kind.ReLU()]
    return layers[:-1]


def mlp() -> list[Step]:
    """Classify: 784-256-128-10, batch 64."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 784)).astype(np.float32), rng.integers(0, 10, 64)
    return [ours_mlp(x, y), torch_mlp(x, y, False), torch_mlp(x, y, True)]


def ours_mlp(x: np.ndarray, y: np.ndarray) -> Step:
    net = nn.Sequential(*sizes(nn, 784, 256, 128, 10))
    adam = optim.Adam(net.parameters())

    def step() -> None:
        adam.zero_grad()
        nn.functional.cross_entropy(net(Tensor(x)), y).backward()
        adam.step()

    return step


def torch_mlp(x: np.ndarray, y: np.ndarray, fused: bool) -> Step:
    net = torch.nn.Sequential(*sizes(torch.nn, 784, 256, 128, 10))
    adam = torch.optim.Adam(net.parameters(), fused=fused)
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def step() -> None:
        adam.zero_grad()
        torch.nn.functional.cross_entropy(net(x), y).backward()
        adam.step()

    return step


def dqn(widths: tuple[int, ...], batch: int) -> list[Step]:
    """Learn values: two forward passes, Huber's loss, one backward pass."""
    rng = np.random.default_rng(0)
    data = [rng.normal(size=(batch, widths[0])).astype(np.float32) for _ in range(2)]
    data += [rng.integers(0, 2, (batch, 1)), rng.normal(size=(batch, 1)).astype(np.float32)]
    return [
        ours_dqn(widths, *data),
        torch_dqn(widths, False, *data),
        torch_dqn(widths, True, *data),
    ]


def ours_dqn(
    widths: tuple[int, ...], now: np.ndarray, then: np.ndarray, act: np.ndarray, reward: np.ndarray
) -> Step:
    net, target = (nn.Sequential(*sizes(nn, *widths)) for _ in range(2))
    adam = optim.Adam(net.parameters())

    def step() -> None:
        with no_grad():
            best = target(Tensor(then)).data.max(axis=1, keepdims=True)
        value = net(Tensor(now)).gather(1, act)
        adam.zero_grad()
        nn.functional.smooth_l1_loss(value, reward + 0.99 * best).backward()
        adam.step()

    return step


def torch_dqn(widths: tuple[int, ...], fused: bool, *data: np.ndarray) -> Step:
    net, target = (torch.nn.Sequential(*sizes(torch.nn, *widths)) for _ in range(2))
    adam = torch.optim.Adam(net.parameters(), fused=fused)
    now, then, act, reward = map(torch.from_numpy, data)

    def step() -> None:
        with torch.no_grad():
            best = target(then).amax(1, keepdim=True)
        value = net(now).gather(1, act)
        adam.zero_grad()
        torch.nn.functional.smooth_l1_loss(value, reward + 0.99 * best).backward()
        adam.step()

    return step


def acting() -> list[Step]:
    """Choose one action for one observation, 4-120-84-2."""
    ours = nn.Sequential(*sizes(nn, 4, 120, 84, 2))
    theirs = torch.nn.Sequential(*sizes(torch.nn, 4, 120, 84, 2))
    seen = np.ones(4, np.float32)

    def ours_act() -> int:
        with no_grad():
            return int(ours(Tensor(seen)).data.argmax())

    def torch_act() -> int:
        with torch.inference_mode():
            return int(theirs(torch.from_numpy(seen)).argmax())

    return [ours_act, torch_act]


WORKLOADS: dict[str, Callable[[], list[Step]]] = {
    "MLP 784-256-128-10, batch 64": mlp,
    "DQN net 4-120-84-2, batch 128": lambda: dqn((4, 120, 84, 2), 128),
    "DQN net 4-64-64-2, batch 64": lambda: dqn((4, 64, 64, 2), 64),
    "acting, DQN net 4-120-84-2": acting,
}

if __name__ == "__main__":
    main()
