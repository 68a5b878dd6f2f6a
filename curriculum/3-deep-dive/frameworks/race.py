"""Times of one training step, in several forms: run `python race.py` with PyTorch.

Every form of a task computes the same numbers. They take turns, and each has the shortest of its
times; the table gives multiples of the fastest form. One thread each.
"""

import runpy
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROUNDS, HEADS, WIDTH, LENGTH = 40, 8, 128, 64


def attention(torch, functional):
    """Forward and backward through causal attention of eight heads."""
    q, k, v = (torch.randn(16, HEADS, LENGTH, WIDTH // HEADS).requires_grad_() for _ in range(3))
    hidden = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)

    def weights(scores):
        return (scores / (WIDTH // HEADS) ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)

    def by_head():
        parts = [weights(q[:, h] @ k[:, h].mT) @ v[:, h] for h in range(HEADS)]
        torch.stack(parts, 1).sum().backward()

    def at_once():
        (weights(q @ k.mT) @ v).sum().backward()

    def built_in():
        functional.scaled_dot_product_attention(q, k, v, is_causal=True).sum().backward()

    return {"head by head": by_head, "one product": at_once, "PyTorch's own": built_in}


def optimizer(torch, functional):
    """One step of AdamW for a network of 60 small layers."""
    layers = torch.nn.ModuleList(torch.nn.Linear(16, 16) for _ in range(60))
    for each in layers.parameters():
        each.grad = torch.randn_like(each)

    def stepping(**how):
        return torch.optim.AdamW(layers.parameters(), lr=1e-6, **how).step

    kinds = {
        "one by one": {"foreach": False},
        "joined": {"foreach": True},
        "fused": {"fused": True},
    }
    return {name: stepping(**how) for name, how in kinds.items()}


def network(torch, functional):
    """One step of `DigitsCNN` on 64 images, in our engine and in PyTorch."""
    from undergrad.engine import Tensor, optim
    from undergrad.engine.nn import functional as ours
    from undergrad.supervised.presets import digits_cnn

    solution = runpy.run_path(str(HERE / "solution.py"))
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 1, 8, 8), np.float32), rng.integers(0, 10, 64)
    model, theirs = digits_cnn.network(24, 0.3, rng), solution["DigitsCNN"]()
    adam = optim.AdamW(model.parameters(), lr=1e-3)
    their_adam = torch.optim.AdamW(theirs.parameters(), lr=1e-3, fused=True)
    batch = torch.from_numpy(x), torch.from_numpy(y)

    def engine():
        adam.zero_grad()
        ours.cross_entropy(model(Tensor(x)), y).backward()
        adam.step()

    return {
        "our engine": engine,
        "PyTorch": lambda: solution["train_step"](theirs, batch, their_adam),
    }


def shortest(forms):
    """The shortest time of each form in seconds; the forms take turns."""
    times = {name: [] for name in forms}
    for _ in range(ROUNDS):
        for name, work in forms.items():
            started = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started)
    return {name: min(each) for name, each in times.items()}


def table():
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    titles = {
        "Attention, 16 x 64 positions, 8 heads": attention,
        "AdamW, 120 small parameters": optimizer,
        "`DigitsCNN`, 64 images": network,
    }
    lines = ["| task | form | time |", "|---|---|---|"]
    for title, make in titles.items():
        times = shortest(make(torch, functional))
        for name, seconds in times.items():
            lines.append(f"| {title} | {name} | {seconds / min(times.values()):.1f} |")
            title = ""
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (HERE / "race.md").write_text(table(), encoding="utf-8")
