"""What is asked of `paper-yolo`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Overlap is counted in pixels, average precision is worked out by hand, and the loop runs with a
linear "network", which is enough to see every step of it.
"""

import numpy as np

from undergrad.checker import task, within

FULL = """# You Only Look Once
## Claim
One network, one look: boxes and kinds of all things, fast enough for video.
## Method
Cells of a grid; the cell with the middle of a thing answers for it, with one loss.
## Evidence
Table 1: 63.4 mAP at 45 pictures a second, on PASCAL VOC 2007.
Against faster and slower detectors of that year.
## Doubts
Small things in groups: one cell can only say so much about them.
## To rebuild
Grid, targets, loss and score on drawn shapes; not the training on ImageNet.
"""


@task(1, "finds nothing wrong with a full card", hint=[
    "Write a card by hand, take one section out, and say what your function should return.",
    'Cut the text at lines that begin with "## ". Count the words of a section with split(). For '
    "Evidence look at each line: a Table or Figure with its number, and another digit.",
    'section = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\\Z)", text, re.MULTILINE | re.DOTALL)\n'
    'source = re.compile(r"\\b(Table|Figure)\\s+\\d+")\n'
    "# in a line with a source: is there a digit left in source.sub('', line)?",
])  # fmt: skip
def full_card(code, rng):
    return code.paper_card(FULL)


@task(1, "names what is missing and what is too short, in order")
def gaps(code, rng):
    gone, short, empty = (f"## {code.SECTIONS[i]}\n" for i in rng.permutation([0, 1, 3]))
    text = FULL.replace(gone, "###" + gone)
    for heading, filling in ((short, "Only seven words are written in here.\n"), (empty, "")):
        start = text.index(heading) + len(heading)
        text = text[:start] + filling + text[text.index("\n## ", start) + 1 :]
    return code.paper_card(text)


@task(1, "wants a number and its table in one line of Evidence")
def quoted(code, rng):
    line = "Table 1: 63.4 mAP at 45 pictures a second, on PASCAL VOC 2007."
    others = (
        "Table 1 has more precision than all other fast ones.",
        "It reaches 63.4 mAP at 45 pictures a second, they say.",
        "See Table 1 for how precise and how fast it is.\nThey reach 63.4 mAP.",
        "In Figure 4 it makes 19.0 % mistakes of place.",
    )
    moved = FULL.replace(line, "Much better than others.").replace("Cells of", line + " Cells of")
    return [code.paper_card(FULL.replace(line, each)) for each in others] + [code.paper_card(moved)]


@task(2, "boxes what can be seen of each shape", hint=[
    "Of a square behind a circle only the left half shows. Which pixels decide its box?",
    "Keep a table `owner` like the picture, with the index of the shape in front. Each shape "
    "overwrites what it covers. Then box the pixels with each index.",
    "covered = inside(kind, x, y, r, size)\n"
    "picture[covered], owner[covered] = brightness, index\n"
    "down, across = np.nonzero(owner == index)\n"
    "box = across.min(), down.min(), across.max() + 1, down.max() + 1",
])  # fmt: skip
def half_hidden(code, rng):
    return code.paint(overlapping(rng), 32)


def overlapping(rng):
    """A wide square, and a circle in front of its right or its lower edge; a shape apart."""
    x, y = rng.uniform(9, 11, size=2)
    away = (4.0, 0.0) if rng.random() < 0.5 else (0.0, 4.0)
    return [
        (1, x, y, 6.0, 0.6),
        (0, x + away[0], y + away[1], 7.0, 0.9),
        (2, rng.uniform(24, 26), rng.uniform(25, 26), 4.0, 0.8),
    ]


@task(2, "leaves out what nobody can see")
def all_hidden(code, rng):
    x, y = rng.uniform(12, 20, size=2)
    shapes = [(2, x, y, 3.0, 0.7), (0, x, y, 8.0, 0.9), (1, 4.0, 4.0, 3.0, 0.5)]
    _, boxes, labels = code.paint(shapes, 32)
    return boxes, np.asarray(labels)


def boxes_within(rng, n):
    """n boxes in the picture, of all sizes."""
    corners = rng.uniform(0, 0.7, size=(n, 2))
    return np.hstack([corners, corners + rng.uniform(0.1, 0.3, size=(n, 2))])


@task(3, "is shared area over covered area", hint=[
    "Draw two boxes that overlap. Which left edge does the shared part have, which right edge?",
    "np.maximum of lefts and tops, np.minimum of rights and bottoms; a side below 0 means they do "
    "not meet. Covered is area + area - shared.",
    "a, b = a[:, None], b[None]\n"
    "sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])\n"
    "shared = np.maximum(sides, 0).prod(axis=-1)",
])  # fmt: skip
def overlaps(code, rng):
    a = boxes_within(rng, 3)
    near = a[:2] + rng.uniform(0.01, 0.05, size=(2, 4))
    return code.iou(a, near)


@task(3, "is 0 for boxes that lie apart, in one direction or in both")
def apart(code, rng):
    a = np.array([[0.1, 0.1, 0.3, 0.3]])
    step = rng.uniform(0.3, 0.5)
    return code.iou(a, a + np.array([[step, 0, step, 0], [0, step, 0, step], [step] * 4]))


@task(3, "agrees with counting pixels", judge=within(0.0, 1e-12))
def counted(code, rng):
    """The largest gap to a count, over boxes whose edges are whole pixels of a 20 x 20 picture."""
    corners = rng.integers(0, 12, size=(6, 2))
    boxes = np.hstack([corners, corners + rng.integers(2, 9, size=(6, 2))])
    covered = np.zeros((6, 20, 20), dtype=bool)
    for pixels, (x1, y1, x2, y2) in zip(covered, boxes, strict=True):
        pixels[y1:y2, x1:x2] = True
    count = [[(a & b).sum() / (a | b).sum() for b in covered] for a in covered]
    return float(np.abs(code.iou(boxes / 20, boxes / 20) - count).max())


def apart_in_cells(rng, n, S):
    """n boxes with middles in different cells and not on an edge of a cell; wider than high."""
    cells = rng.permutation(S * S)[:n]
    middle = (np.stack([cells % S, cells // S], axis=1) + rng.uniform(0.1, 0.9, size=(n, 2))) / S
    half = np.stack([rng.uniform(0.1, 0.2, size=n), rng.uniform(0.03, 0.08, size=n)], axis=1)
    return np.hstack([middle - half, middle + half]), rng.integers(0, 3, size=n)


@task(4, "puts each box into the cell of its middle", hint=[
    "A box with its middle at (0.6, 0.3), and 4 x 4 cells: which cell, and where in it?",
    "0.6 * 4 is 2.4: column 2, and 0.4 within it. 0.3 * 4 is 1.2: row 1. The row comes first in "
    "the grid. Sizes are stored as roots.",
    "x, y = S * (x1 + x2) / 2, S * (y1 + y2) / 2\n"
    "cell = grid[int(y), int(x)]\n"
    "cell[:5] = 1, x % 1, y % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)\n"
    "cell[5 + label] = 1  # back: middle = (column + x) / S, size = root squared",
])  # fmt: skip
def encoded(code, rng):
    return code.encode_targets(*apart_in_cells(rng, 3, 4), 4, 3)


@task(4, "lets the later of two in one cell count, alone")
def same_cell(code, rng):
    boxes, _ = apart_in_cells(rng, 1, 4)
    return code.encode_targets(np.concatenate([0.9 * boxes + 0.05, boxes]), np.array([0, 2]), 4, 3)


@task(4, "finds the way back")
def decoded(code, rng):
    boxes, scores, labels = code.decode(rng.uniform(0.1, 0.9, size=(4, 4, 8)))
    return boxes, scores, np.asarray(labels)


@task(4, "turns boxes into a grid and back")
def there_and_back(code, rng):
    boxes, scores, labels = code.decode(code.encode_targets(*apart_in_cells(rng, 4, 5), 5, 3))
    return boxes[scores > 0.5], np.asarray(labels)[scores > 0.5]


def grids(rng, n=2, S=3):
    """What a network may say, and targets with two things a picture."""
    target = np.zeros((n, S, S, 8))
    for grid in target:
        for cell in rng.permutation(S * S)[:2]:
            grid[cell // S, cell % S] = 1, *rng.uniform(0.2, 0.8, size=4), 0, 0, 0
            grid[cell // S, cell % S, 5 + rng.integers(3)] = 1
    return rng.normal(0.3, 0.5, size=target.shape), target


@task(5, "weighs the errors as the paper does", hint=[
    "One cell with a thing, one without: which of the eight numbers of each may cost something?",
    "Make an array of weights like `said`: with a thing 1 for p, l_coord for four numbers, 1 for "
    "the kinds; without one l_noobj for p and 0 for all others.",
    "here = target[..., :1]\n"
    "weight = np.broadcast_to(here, said.shape).copy()\n"
    "weight[..., 1:5] *= l_coord\n"
    "weight[..., :1] += l_noobj * (1 - here)\n"
    "loss = np.sum(weight * (said - target) ** 2) / len(said)",
])  # fmt: skip
def loss_alone(code, rng):
    return float(code.yolo_loss(*grids(rng))[0])


@task(5, "has the slope of that loss, also with other weights")
def loss_slope(code, rng):
    return code.yolo_loss(*grids(rng, 3), l_coord=rng.uniform(2, 4), l_noobj=rng.uniform(0.1, 0.3))


def straight(x, params):
    """A network of one layer: (N, D) and a list of W, (D, 72), and b to grids (N, 3, 3, 8)."""
    W, b = params

    def back(slope):
        rows = slope.reshape(len(x), -1)
        return [x.T @ rows, rows.sum(axis=0)]

    return (x @ W + b).reshape(len(x), 3, 3, 8), back


def training(rng, n):
    _, target = grids(rng, n)
    return [0.1 * rng.normal(size=(5, 72)), np.zeros(72)], rng.normal(size=(n, 5)), target


@task(6, "takes each step with momentum and decay", needs=[5], hint=[
    "Two loops, one in the other. What does each turn of the outer one draw, and what does each "
    "turn of the inner one cut out?",
    "order = rng.permutation(N); rows = order[first : first + batch]. Forward, loss, back, and for "
    "each parameter the two lines of the docstring. Do not use += on arrays of the caller.",
    "said, back = network(x[rows], params)\n"
    "loss, slope = yolo_loss(said, target[rows])\n"
    "for i, slope_i in enumerate(back(slope)):\n"
    "    speeds[i] = 0.9 * speeds[i] - lr * (slope_i + 0.0005 * params[i])\n"
    "    params[i] = params[i] + speeds[i]",
])  # fmt: skip
def two_epochs(code, rng):
    params, x, target = training(rng, 11)
    params, losses = code.train(straight, params, x, target, 0.01, 3, 4, rng)
    return [np.asarray(each) for each in params], [float(each) for each in losses]


@task(6, "leaves the first parameters as they were", needs=[5])
def params_kept(code, rng):
    params, x, target = training(rng, 4)
    before = [each.copy() for each in params]
    code.train(straight, params, x, target, 0.05, 1, 2, rng)
    return [now - then for now, then in zip(params, before, strict=True)]


def crowd(rng):
    """A chain: each box overlaps the next by 0.6, the one after it by 0.33; and others apart."""
    first = np.array([0.1, 0.1, 0.3, 0.3])
    chain = first + 0.05 * np.arange(3)[:, None] * np.array([1, 0, 1, 0])
    others = np.array([[0.6, 0.6, 0.8, 0.8], [0.61, 0.61, 0.8, 0.8], [0.1, 0.6, 0.2, 0.7]])
    order = rng.permutation(6)
    scores = np.array([0.9, 0.8, 0.7, 0.4, 0.6, 0.2]) + rng.uniform(0, 0.05, size=6)
    return np.concatenate([chain, others])[order], scores[order]


@task(7, "keeps the surest, and what only overlaps one that went", needs=[3], hint=[
    "A overlaps B, B overlaps C, A and C do not touch much. A is surest. Does C stay?",
    "Sort by score. Take the first; of the rest keep those that overlap it by t at most; repeat "
    "with what is left.",
    "waiting = np.argsort(-scores)\n"
    "best, waiting = waiting[0], waiting[1:]\n"
    "waiting = waiting[overlap[best, waiting] <= t]",
])  # fmt: skip
def chain(code, rng):
    return np.asarray(code.nms(*crowd(rng)))


@task(7, "agrees with trying one box after the other", needs=[3])
def random_boxes(code, rng):
    boxes = np.concatenate([boxes_within(rng, 12)] * 2) + rng.uniform(0, 0.08, size=(24, 4))
    none = code.nms(np.zeros((0, 4)), np.zeros(0))
    return np.asarray(code.nms(boxes, rng.permutation(24) / 24, rng.uniform(0.2, 0.6))), none


def box(place, wider=0.0):
    return [0.3 * place, 0.0, 0.3 * place + 0.2 + wider, 0.2]


def answers(*rows):
    """(boxes, scores) of one picture, from rows (place, score) or (place, score, wider)."""
    return np.array([box(p, *more) for p, _, *more in rows]).reshape(-1, 4), np.array(
        [score for _, score, *_ in rows]
    )


@task(8, "is 1 when all is found and nothing else, and 0 when nothing is", needs=[3], hint=[
    "Hit, miss, hit, with two true boxes: precision is 1, 1/2, 2/3, recall 1/2, 1/2, 1. Draw it.",
    "Judge each picture by itself, surest first; a true box can be hit once. Then sort all hits "
    "and misses of all pictures by score.",
    "precision = hits / np.arange(1, len(hits) + 1)  # hits: np.cumsum of 0 and 1\n"
    "best_from_here = np.maximum.accumulate(precision[::-1])[::-1]\n"
    "return np.sum(np.diff(recall, prepend=0.0) * best_from_here)",
])  # fmt: skip
def all_or_nothing(code, rng):
    truth = [np.array([box(0), box(1)]), np.array([box(2)])]
    score = rng.uniform(0.5, 0.6)
    everything = [answers((1, 0.9), (0, score)), answers((2, 0.4))]
    nothing = [answers((2, 0.9)), answers((0, score))]
    silent = [answers(), answers()]
    return [float(code.average_precision(each, truth)) for each in (everything, nothing, silent)]


@task(8, "sorts the boxes of all pictures together", needs=[3])
def across_pictures(code, rng):
    """Hit, miss, hit, miss, hit of four true boxes: 1/4 + 2/3 * 1/4 + 3/5 * 1/4."""
    truth = [np.array([box(0), box(1)]), np.array([box(0), box(2)])]
    found = [answers((2, 0.8), (1, 0.7)), answers((0, 0.9), (1, 0.6), (2, 0.5))]
    return float(code.average_precision(found, truth))


@task(8, "counts a second box on the same thing as a miss", needs=[3])
def twice(code, rng):
    truth = [np.array([box(0), box(1)]), np.zeros((0, 4))]
    found = [answers((0, 0.9), (0, 0.8, 0.02), (1, 0.7)), answers((0, 0.3))]
    return float(code.average_precision(found, truth))


@task(8, "takes the best precision from here on", needs=[3])
def best_from_here(code, rng):
    truth = [np.array([box(0), box(1), box(2)])]
    found = [answers((3, 0.95), (0, 0.9), (1, 0.8), (2, 0.7))]
    return float(code.average_precision(found, truth))
