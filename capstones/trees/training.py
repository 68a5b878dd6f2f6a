"""The training of one network."""

from collections.abc import Callable

import numpy as np
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.optim.lr_scheduler import CosineAnnealingLR

import evaluate
from data import Part, batch
from model import jaccard_loss, network

STEPS, BATCH, RATE, EVERY = 300, 8, 0.005, 50
Loss = Callable[[Tensor, np.ndarray, np.ndarray], Tensor]


def fit(
    parts: dict[str, Part],
    seed: int,
    steps: int = STEPS,
    *,
    build: Callable[[int], nn.Module] = network,
    loss_of: Loss = jaccard_loss,
    turn: bool = False,
) -> tuple[nn.Module, np.ndarray]:
    """Train one network; returns it with (step, training loss, validation IoU) every 50 steps.

    Adam on random tiles of `train`, with a learning rate that falls to 0 along a cosine. The last
    network counts, whatever its score: no step is picked.
    """
    model, rng = build(seed), np.random.default_rng(seed)
    optimizer = optim.Adam(model.parameters(), lr=RATE)
    scheduler = CosineAnnealingLR(optimizer, T_max=steps)
    history, losses = [], []
    for step in range(1, steps + 1):
        images, crown, known = batch(parts["train"], BATCH, rng, turn)
        optimizer.zero_grad()
        loss = loss_of(model(Tensor(images)), crown, known)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if step % EVERY == 0:
            validated = evaluate.score(model, parts["validation"])
            history.append((step, np.mean(losses[-EVERY:]), validated))
    return model, np.array(history).reshape(-1, 3)
