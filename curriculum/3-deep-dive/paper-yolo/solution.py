"""A worked solution of `paper-yolo`."""

import re

import numpy as np

# --- given --------------------------------------------------------------------------------------

KINDS = ("circle", "square", "triangle")
SECTIONS = ("Claim", "Method", "Evidence", "Doubts", "To rebuild")


def inside(kind, x, y, r, size):
    """Which pixels a shape covers, (size, size), True or False. x, y, r in pixels."""
    down, across = np.mgrid[:size, :size] + 0.5
    dx, dy = across - x, down - y
    if kind == 0:
        return dx**2 + dy**2 <= r**2
    if kind == 1:
        return np.maximum(abs(dx), abs(dy)) <= 0.85 * r
    return (dy <= 0.7 * r) & (dy >= 2 * abs(dx) - r)


def random_shapes(rng, size=32, most=3):
    """A list of 1 to `most` shapes (kind, x, y, r, brightness), the last one in front."""
    shapes = []
    for _ in range(rng.integers(1, most + 1)):
        r = rng.uniform(0.13, 0.24) * size
        x, y = rng.uniform(r, size - r, size=2)
        shapes.append((int(rng.integers(3)), x, y, r, rng.uniform(0.5, 1.0)))
    return shapes


def make_scenes(rng, n, size=32, most=3):
    """n pictures (n, 1, size, size) with grain, and lists of their boxes and of their labels."""
    drawn = [paint(random_shapes(rng, size, most), size) for _ in range(n)]
    pictures = np.stack([picture for picture, _, _ in drawn])[:, None]
    pictures += 0.05 * rng.normal(size=pictures.shape)
    return pictures, [boxes for _, boxes, _ in drawn], [labels for _, _, labels in drawn]


# --- yours --------------------------------------------------------------------------------------


def paper_card(text):
    complaints = []
    for name in SECTIONS:
        section = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if section is None:
            complaints.append(f"{name}: missing")
        elif len(section[1].split()) < 8:
            complaints.append(f"{name}: too short")
        if name == "Evidence" and not (section and _quotes_a_number(section[1])):
            complaints.append("Evidence: no number with its table")
    return complaints


def _quotes_a_number(section):
    """Is there a line with "Table 1" or "Figure 4", and a number beside that?"""
    source = re.compile(r"\b(Table|Figure)\s+\d+")
    lines = (line for line in section.splitlines() if source.search(line))
    return any(re.search(r"\d", source.sub("", line)) for line in lines)


def paint(shapes, size=32):
    picture, owner = np.zeros((size, size)), np.full((size, size), -1)
    for index, (kind, x, y, r, brightness) in enumerate(shapes):
        covered = inside(kind, x, y, r, size)
        picture[covered], owner[covered] = brightness, index
    seen = [index for index in range(len(shapes)) if (owner == index).any()]
    boxes = np.zeros((len(seen), 4))
    for row, index in enumerate(seen):
        down, across = np.nonzero(owner == index)
        boxes[row] = across.min(), down.min(), across.max() + 1, down.max() + 1
    return picture, boxes / size, np.array([shapes[index][0] for index in seen], dtype=int)


def iou(a, b):
    a, b = a[:, None], b[None]  # (N, 1, 4), (1, M, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)  # apart in one direction: no area
    return shared / (_area(a) + _area(b) - shared)


def _area(boxes):
    return (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)


def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x, y = S * (x1 + x2) / 2, S * (y1 + y2) / 2
        cell = grid[min(int(y), S - 1), min(int(x), S - 1)]
        cell[:] = 0
        cell[:5] = 1, x % 1, y % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        cell[5 + label] = 1
    return grid


def decode(grid):
    S = len(grid)
    rows, columns = np.divmod(np.arange(S * S), S)
    cells = grid.reshape(S * S, -1)
    middle = (cells[:, 1:3] + np.stack([columns, rows], axis=1)) / S
    half = cells[:, 3:5] ** 2 / 2
    labels = cells[:, 5:].argmax(axis=1)
    return np.hstack([middle - half, middle + half]), cells[:, 0] * cells[:, 5:].max(axis=1), labels


def yolo_loss(said, target, l_coord=5.0, l_noobj=0.5):
    here = target[..., :1]  # 1 in cells with a thing, (N, S, S, 1)
    weight = np.broadcast_to(here, said.shape).copy()
    weight[..., 1:5] *= l_coord
    weight[..., :1] += l_noobj * (1 - here)
    error = said - target
    return float(np.sum(weight * error**2) / len(said)), 2 * weight * error / len(said)


def train(network, params, x, target, lr, epochs, batch, rng):
    params, speeds, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, of_batches = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            said, back = network(x[rows], params)
            loss, slope = yolo_loss(said, target[rows])
            for i, slope_i in enumerate(back(slope)):
                speeds[i] = 0.9 * speeds[i] - lr * (slope_i + 0.0005 * params[i])
                params[i] = params[i] + speeds[i]
            of_batches.append(loss)
        losses.append(float(np.mean(of_batches)))
    return params, losses


def nms(boxes, scores, t=0.5):
    overlap, waiting, kept = iou(boxes, boxes), np.argsort(-scores), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[overlap[best, waiting] <= t]
    return np.array(kept, dtype=int)


def average_precision(found, truth, t=0.5):
    scores = np.concatenate([scores for _, scores in found])
    hits = np.concatenate([_hits(*each, true, t) for each, true in zip(found, truth, strict=True)])
    hits = np.cumsum(hits[np.argsort(-scores)])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(true) for true in truth)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best_from_here))


def _hits(boxes, scores, true, t):
    """Which boxes of one picture are hits, in their own order. Surer boxes choose first."""
    hits = np.zeros(len(boxes))
    overlap = iou(boxes, true)
    for i in np.argsort(-scores):
        best = overlap[i].argmax() if len(true) else 0
        if len(true) and overlap[i, best] >= t:
            hits[i], overlap[:, best] = 1, -1  # used up
    return hits
