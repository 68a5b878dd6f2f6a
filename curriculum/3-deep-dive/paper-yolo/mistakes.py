"""Typical wrong solutions of `paper-yolo`, each with the sentence it deserves."""

import re

import numpy as np

from undergrad.checker import mistake

_SECTIONS = ("Claim", "Method", "Evidence", "Doubts", "To rebuild")


def _card(text, end=r"(?=^## |\Z)", least=8, quoted=lambda section: None):
    """The complaints, with the end of a section, its least words and the quote as switches."""
    complaints = []
    for name in _SECTIONS:
        section = re.search(rf"^## {name}[ ]*$(.*?){end}", text, re.MULTILINE | re.DOTALL)
        if section is None:
            complaints.append(f"{name}: missing")
        elif len(section[1].split()) < least:
            complaints.append(f"{name}: too short")
        if name == "Evidence" and not (section and quoted(section[1])):
            complaints.append("Evidence: no number with its table")
    return complaints


def _in_a_line(section):
    source = re.compile(r"\b(Table|Figure)\s+\d+")
    lines = (line for line in section.splitlines() if source.search(line))
    return any(re.search(r"\d", source.sub("", line)) for line in lines)


@mistake("paper_card", "Each section runs to the end of the card, so none is ever too short. Stop "
         "at the next line that begins with ##.")  # fmt: skip
def to_the_end(text):
    return _card(text, end=r"\Z", quoted=_in_a_line)


@mistake("paper_card", "A section counts as filled with any word in it. Eight are asked for.")
def one_word_will_do(text):
    return _card(text, least=1, quoted=_in_a_line)


@mistake("paper_card", "The number of the table itself passes as the quoted number. Take `Table 1` "
         "out of the line before you look for a digit.")  # fmt: skip
def number_of_the_table(text):
    return _card(text, quoted=lambda section: re.search(r"(Table|Figure)\s+\d+", section))


@mistake("paper_card", "A number anywhere in Evidence and a table anywhere else in it pass "
         "together. They belong into one line: a number without its source proves "
         "nothing.")  # fmt: skip
def not_in_one_line(text):
    return _card(text, quoted=lambda section: _in_a_line(section.replace("\n", " ")))


def _inside(kind, x, y, r, size):
    down, across = np.mgrid[:size, :size] + 0.5
    dx, dy = across - x, down - y
    if kind == 0:
        return dx**2 + dy**2 <= r**2
    if kind == 1:
        return np.maximum(abs(dx), abs(dy)) <= 0.85 * r
    return (dy <= 0.7 * r) & (dy >= 2 * abs(dx) - r)


def _paint(shapes, size, edge=1, front=True, units=True):
    picture, masks = np.zeros((size, size)), []
    for kind, x, y, r, brightness in shapes:
        covered = _inside(kind, x, y, r, size)
        picture[covered] = brightness
        masks = [mask & ~covered for mask in masks] if front else masks
        masks.append(covered)
    seen = [index for index, mask in enumerate(masks) if mask.any()]
    boxes = []
    for index in seen:
        down, across = np.nonzero(masks[index])
        boxes.append([across.min(), down.min(), across.max() + edge, down.max() + edge])
    boxes = np.array(boxes, dtype=float) / (size if units else 1)
    return picture, boxes, np.array([shapes[index][0] for index in seen])


@mistake("paint", "Boxes go round the whole shape, also where another one hides it. Box what is "
         "seen: note for each pixel which shape is in front.")  # fmt: skip
def hidden_parts_too(shapes, size=32):
    return _paint(shapes, size, front=False)


@mistake("paint", "The boxes end at the last pixel's left and upper edge. A pixel is 1 wide: add 1 "
         "to the largest row and column.")  # fmt: skip
def last_pixel_left_out(shapes, size=32):
    return _paint(shapes, size, edge=0)


@mistake("paint", "The boxes are in pixels. Divide by the size: shares of the picture mean the "
         "same for every size.")  # fmt: skip
def in_pixels(shapes, size=32):
    return _paint(shapes, size, units=False)


def _iou(a, b, least=0.0, less=1.0):
    a, b = a[:, None], b[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, least).prod(axis=-1)
    areas = [(each[..., 2:] - each[..., :2]).prod(axis=-1) for each in (a, b)]
    return shared / (sum(areas) - less * shared)


@mistake("iou", "The shared area is counted twice in what both cover. Subtract it once: area plus "
         "area minus shared.")  # fmt: skip
def shared_twice(a, b):
    return _iou(a, b, less=0.0)


@mistake("iou", "Boxes that lie apart get an overlap. A side below 0 means that they do not meet: "
         "raise it to 0 before you multiply.")  # fmt: skip
def negative_sides(a, b):
    return _iou(a, b, least=-np.inf)


def _encode(boxes, labels, S, C, turn=False, place=lambda at: at % 1, clear=True):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x, y = S * (x1 + x2) / 2, S * (y1 + y2) / 2
        cell = grid[int(x), int(y)] if turn else grid[int(y), int(x)]
        if clear:
            cell[:] = 0
        cell[:5] = 1, place(x), place(y), np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        cell[5 + label] = 1
    return grid


@mistake("encode_targets", "Column and row of the cell are swapped: the grid has rows first, so y "
         "comes before x.")  # fmt: skip
def column_first(boxes, labels, S, C):
    return _encode(boxes, labels, S, C, turn=True)


@mistake("encode_targets", "x and y are places in the picture. Only the part behind the point, "
         "after multiplying with S, says where in the cell the middle is.")  # fmt: skip
def place_in_picture(boxes, labels, S, C):
    return _encode(boxes, labels, S, C, place=lambda at: at / S)


@mistake("encode_targets", "Two kinds are marked where two boxes share a cell. The later box "
         "counts alone: clear the cell first.")  # fmt: skip
def both_kinds(boxes, labels, S, C):
    return _encode(boxes, labels, S, C, clear=False)


def _decode(grid, turn=False, power=2, sure=lambda p, kinds: p * kinds):
    S = len(grid)
    rows, columns = np.divmod(np.arange(S * S), S)
    cells = grid.reshape(S * S, -1)
    corner = np.stack([rows, columns] if turn else [columns, rows], axis=1)
    middle, half = (cells[:, 1:3] + corner) / S, cells[:, 3:5] ** power / 2
    scores = sure(cells[:, 0], cells[:, 5:].max(axis=1))
    return np.hstack([middle - half, middle + half]), scores, cells[:, 5:].argmax(axis=1)


@mistake("decode", "The row of a cell is used for x. Columns count to the right, rows down.")
def row_as_x(grid):
    return _decode(grid, turn=True)


@mistake("decode", "The roots are used as sizes. Square them.")
def roots_as_sizes(grid):
    return _decode(grid, power=1)


@mistake("decode", "The score is p alone. A cell may be sure that something is here and unsure "
         "what: multiply with the largest number of the kinds.")  # fmt: skip
def p_alone(grid):
    return _decode(grid, sure=lambda p, kinds: p)


def _loss(said, target, l_coord, l_noobj, rest=0.0):
    here = target[..., :1]
    weight = here + rest * (1 - here) * np.ones(said.shape)
    weight[..., 1:5] *= l_coord
    weight[..., :1] = here + l_noobj * (1 - here)
    error = said - target
    return float(np.sum(weight * error**2) / len(said)), 2 * weight * error / len(said)


@mistake("yolo_loss", "Empty cells pay for places and kinds too. Nothing is there to have a place: "
         "only p counts in them.")  # fmt: skip
def empty_cells_pay(said, target, l_coord=5.0, l_noobj=0.5):
    return _loss(said, target, l_coord, l_noobj, rest=1.0)


@mistake("yolo_loss", "Empty cells count as much as full ones. There are many of them: use "
         "l_noobj.")  # fmt: skip
def empty_at_full_weight(said, target, l_coord=5.0, l_noobj=0.5):
    return _loss(said, target, l_coord, 1.0)


def _train(network, params, x, target, lr, epochs, batch, rng, shuffle=True, rest=True,
           forget=False):  # fmt: skip
    params, speeds, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
        speeds, of_batches = [0.0] * len(params) if forget else speeds, []
        for first in range(0, len(x) if rest else len(x) // batch * batch, batch):
            rows = order[first : first + batch]
            said, back = network(x[rows], params)
            loss, slope = _loss(said, target[rows], 5.0, 0.5)
            for i, slope_i in enumerate(back(slope)):
                speeds[i] = 0.9 * speeds[i] - lr * (slope_i + 0.0005 * params[i])
                params[i] = params[i] + speeds[i]
            of_batches.append(loss)
        losses.append(float(np.mean(of_batches)))
    return params, losses


@mistake("train", "The pictures come in the same order each epoch. Take rng.permutation(N) anew.")
def no_order_drawn(network, params, x, target, lr, epochs, batch, rng):
    return _train(network, params, x, target, lr, epochs, batch, rng, shuffle=False)


@mistake("train", "The last, smaller batch of each epoch is left out. Its pictures are data too.")
def rest_left_out(network, params, x, target, lr, epochs, batch, rng):
    return _train(network, params, x, target, lr, epochs, batch, rng, rest=False)


@mistake("train", "The speeds begin at 0 again in each epoch. Set them up once, before the loops.")
def speeds_forgotten(network, params, x, target, lr, epochs, batch, rng):
    return _train(network, params, x, target, lr, epochs, batch, rng, forget=True)


@mistake("train", "The caller's arrays are changed: += works inside an array. Write param = param "
         "+ speed.")  # fmt: skip
def params_changed(network, params, x, target, lr, epochs, batch, rng):
    new, losses = _train(network, params, x, target, lr, epochs, batch, rng)
    for old, each in zip(params, new, strict=True):
        old[:] = each
    return new, losses


@mistake("nms", "Boxes that went still drop others. Only one that stays may: take them surest "
         "first, and let the dropped ones go at once.")  # fmt: skip
def dropped_drop(boxes, scores, t=0.5):
    order = np.argsort(-scores)
    near = _iou(boxes[order], boxes[order]) > t
    return order[~np.tril(near, -1).any(axis=1)]


@mistake("nms", "Boxes are taken in the order given. Sort by score: the surest keeps its place.")
def unsorted(boxes, scores, t=0.5):
    overlap, waiting, kept = _iou(boxes, boxes), np.arange(len(boxes)), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[overlap[best, waiting] <= t]
    return np.array(kept)


def _hits(boxes, scores, true, t, use_up=True):
    hits, overlap = np.zeros(len(boxes)), _iou(boxes, true)
    for i in np.argsort(-scores):
        best = overlap[i].argmax() if len(true) else 0
        if len(true) and overlap[i, best] >= t:
            hits[i] = 1
            overlap[:, best] = -1 if use_up else overlap[:, best]
    return hits


def _ap(found, truth, t, use_up=True, smooth=True, order=lambda scores: np.argsort(-scores)):
    scores = np.concatenate([scores for _, scores in found])
    pairs = zip(found, truth, strict=True)
    hits = np.concatenate([_hits(*each, true, t, use_up) for each, true in pairs])
    hits = np.cumsum(hits[order(scores)])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(true) for true in truth)
    best = np.maximum.accumulate(precision[::-1])[::-1] if smooth else precision
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


@mistake("average_precision", "Boxes are taken picture by picture. Sort those of all pictures "
         "together by score.")  # fmt: skip
def by_picture(found, truth, t=0.5):
    return _ap(found, truth, t, order=lambda scores: np.arange(len(scores)))


@mistake("average_precision", "A second box on the same thing counts as a hit again. A true box is "
         "used up by the first.")  # fmt: skip
def hit_twice(found, truth, t=0.5):
    return _ap(found, truth, t, use_up=False)


@mistake("average_precision", "The precision of each place itself is used. At a recall it is the "
         "best at this or any larger recall.")  # fmt: skip
def not_the_best(found, truth, t=0.5):
    return _ap(found, truth, t, smooth=False)
