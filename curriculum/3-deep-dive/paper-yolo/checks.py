"""The checks of `paper-yolo`.

Overlap is counted in pixels, average precision is worked out by hand, and the training loop runs
with a linear "network", which is enough to see every step of it.
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
Small things in groups: one cell, one answer.
## To rebuild
Grid, targets, loss and score on drawn shapes; not the training on ImageNet.
"""


@task(1, "finds nothing wrong with a full card")
def full_card(code, rng):
    return code.paper_card(FULL)


@task(1, "lists what is missing and what is too short, in order")
def gaps(code, rng):
    gone, short, empty = (f"## {code.SECTIONS[i]}\n" for i in rng.permutation([0, 1, 3]))
    text = filled(
        FULL.replace(gone, "###" + gone), short, "Only seven words are written in here.\n"
    )
    return [code.paper_card(filled(text, empty, filling)) for filling in ("", "Yes.\n")]


def filled(text, heading, filling):
    """The card with another text below a heading."""
    start = text.index(heading) + len(heading)
    return text[:start] + filling + text[text.index("\n## ", start) + 1 :]


@task(1, "reports a missing Evidence section, and the missing number with it")
def no_evidence(code, rng):
    return code.paper_card(FULL.replace("## Evidence", "### Evidence"))


@task(1, "requires a number and its table in one line of Evidence")
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


@task(2, "surrounds what is visible of each shape with a box")
def half_hidden(code, rng):
    shapes = overlapping(rng)
    return code.paint(shapes), code.paint(shapes, 40)


def overlapping(rng):
    """A wide square, a circle in front of its right or lower edge, and a shape by itself."""
    x, y = rng.uniform(9, 11, size=2)
    away = (4.0, 0.0) if rng.random() < 0.5 else (0.0, 4.0)
    return [
        (1, x, y, 6.0, 0.6),
        (0, x + away[0], y + away[1], 7.0, 0.9),
        (2, rng.uniform(24, 26), rng.uniform(25, 26), 4.0, 0.8),
    ]


@task(2, "leaves out what is completely hidden")
def all_hidden(code, rng):
    x, y = rng.uniform(12, 20, size=2)
    shapes = [(2, x, y, 3.0, 0.7), (0, x, y, 8.0, 0.9), (1, 4.0, 4.0, 3.0, 0.5)]
    _, boxes, labels = code.paint(shapes, 32)
    return boxes, np.asarray(labels)


def boxes_within(rng, n):
    """n boxes in the image, of all sizes."""
    corners = rng.uniform(0, 0.7, size=(n, 2))
    return np.hstack([corners, corners + rng.uniform(0.1, 0.3, size=(n, 2))])


@task(3, "divides the area of the intersection by that of the union", keeps_arguments=True)
def overlaps(code, rng):
    a = boxes_within(rng, 5)
    near = a[:3] + rng.uniform(0.01, 0.05, size=(3, 4))
    return code.iou(a, near)


@task(3, "returns 0 for boxes that are apart, in one direction or in both")
def apart(code, rng):
    a = np.array([[0.1, 0.1, 0.3, 0.3]])
    step = rng.uniform(0.3, 0.5)
    return code.iou(a, a + np.array([[step, 0, step, 0], [0, step, 0, step], [step] * 4]))


@task(3, "agrees with counting pixels", judge=within(0.0, 1e-12))
def counted(code, rng):
    """The largest difference from a count, over boxes of whole pixels in a 20 x 20 image."""
    corners = rng.integers(0, 12, size=(6, 2))
    boxes = np.hstack([corners, corners + rng.integers(2, 9, size=(6, 2))])
    covered = np.zeros((6, 20, 20), dtype=bool)
    for pixels, (x1, y1, x2, y2) in zip(covered, boxes, strict=True):
        pixels[y1:y2, x1:x2] = True
    count = [[(a & b).sum() / (a | b).sum() for b in covered] for a in covered]
    return float(np.abs(code.iou(boxes / 20, boxes / 20) - count).max())


def apart_in_cells(rng, n, S):
    """n boxes with centres in different cells and not on an edge of a cell; wider than high."""
    cells, within_cell = rng.permutation(S * S)[:n], rng.uniform(0.1, 0.4, size=(n, 2))
    within_cell[::2] += 0.5  # some beyond the middle of their cells, so rounding leaves the cell
    centre = (np.stack([cells % S, cells // S], axis=1) + within_cell) / S
    half = np.stack([rng.uniform(0.1, 0.2, size=n), rng.uniform(0.03, 0.08, size=n)], axis=1)
    return np.hstack([centre - half, centre + half]), rng.integers(0, 3, size=n)


@task(4, "puts each box into the cell of its centre", keeps_arguments=True)
def encoded(code, rng):
    return code.encode_targets(*apart_in_cells(rng, 3, 4), 4, 3)


@task(4, "uses only the later of two boxes in one cell")
def same_cell(code, rng):
    boxes, _ = apart_in_cells(rng, 1, 4)
    inside = (boxes + np.tile(boxes[:, :2] + boxes[:, 2:], 2) / 2) / 2  # with the same centre
    return code.encode_targets(np.concatenate([inside, boxes]), np.array([0, 2]), 4, 3)


@task(4, "decodes a grid", keeps_arguments=True)
def decoded(code, rng):
    boxes, scores, labels = code.decode(rng.uniform(0.1, 0.9, size=(4, 4, 8)))
    return boxes, scores, np.asarray(labels)


@task(4, "turns boxes into a grid and back")
def there_and_back(code, rng):
    boxes, scores, labels = code.decode(code.encode_targets(*apart_in_cells(rng, 4, 5), 5, 3))
    return boxes[scores > 0.5], np.asarray(labels)[scores > 0.5]


def grids(rng, n=4, S=3):
    """What a network may predict, and targets with two objects in each image."""
    target = np.zeros((n, S, S, 8))
    for grid in target:
        for cell in rng.permutation(S * S)[:2]:
            grid[cell // S, cell % S] = 1, *rng.uniform(0.2, 0.8, size=4), 0, 0, 0
            grid[cell // S, cell % S, 5 + rng.integers(3)] = 1
    return rng.normal(0.3, 0.5, size=target.shape), target


@task(5, "weights the errors as the paper does", keeps_arguments=True)
def loss_alone(code, rng):
    return float(code.yolo_loss(*grids(rng))[0])


@task(5, "gives the gradient of that loss, also with other weights")
def loss_gradient(code, rng):
    return code.yolo_loss(*grids(rng), l_coord=rng.uniform(2, 4), l_noobj=rng.uniform(0.1, 0.3))


def linear_network(x, params):
    """A network of one layer: (N, D) and a list of W, (D, 72), and b to grids (N, 3, 3, 8)."""
    W, b = params

    def backward(g):
        rows = g.reshape(len(x), -1)
        return [x.T @ rows, rows.sum(axis=0)]

    return (x @ W + b).reshape(len(x), 3, 3, 8), backward


def training(rng, n):
    _, target = grids(rng, n)
    return [0.1 * rng.normal(size=(5, 72)), np.zeros(72)], rng.normal(size=(n, 5)), target


@task(6, "takes each step with momentum and weight decay", needs=[5], keeps_arguments=True)
def three_epochs(code, rng):
    params, x, target = training(rng, 11)
    params, losses = code.train(linear_network, params, x, target, 0.01, 3, 4, rng)
    return [np.asarray(each) for each in params], [float(each) for each in losses]


def crowd(rng):
    """A chain: each box overlaps the next by 0.6, the one after it by 0.33; and others apart."""
    first = np.array([0.1, 0.1, 0.3, 0.3])
    chain = first + 0.05 * np.arange(3)[:, None] * np.array([1, 0, 1, 0])
    others = np.array([[0.6, 0.6, 0.8, 0.8], [0.61, 0.61, 0.8, 0.8], [0.1, 0.6, 0.2, 0.7]])
    order = rng.permutation(6)
    scores = np.array([0.9, 0.8, 0.7, 0.4, 0.6, 0.2]) + rng.uniform(0, 0.05, size=6)
    return np.concatenate([chain, others])[order], scores[order]


@task(7, "keeps the highest score, and boxes that only overlap a dropped one", needs=[3],
      keeps_arguments=True)  # fmt: skip
def chain(code, rng):
    half = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.5]])  # an iou of 0.5: not above t
    return np.asarray(code.nms(*crowd(rng))), np.asarray(code.nms(half, np.array([0.8, 0.9])))


@task(7, "keeps the same boxes as trying them one after the other", needs=[3])
def random_boxes(code, rng):
    boxes = np.concatenate([boxes_within(rng, 12)] * 2) + rng.uniform(0, 0.08, size=(24, 4))
    none = code.nms(np.zeros((0, 4)), np.zeros(0))
    return np.asarray(code.nms(boxes, rng.permutation(24) / 24, rng.uniform(0.2, 0.6))), none


def box(position, wider=0.0):
    return [0.3 * position, 0.0, 0.3 * position + 0.2 + wider, 0.2]


def answers(*rows):
    """(boxes, scores) of one image, from rows (position, score) or (position, score, wider)."""
    boxes = [box(position, *wider) for position, _, *wider in rows]
    return np.array(boxes).reshape(-1, 4), np.array([score for _, score, *_ in rows])


@task(8, "returns 1 when all is found and nothing else, and 0 when nothing is found", needs=[3],
      keeps_arguments=True)  # fmt: skip
def all_or_nothing(code, rng):
    truth = [np.array([box(0), box(1)]), np.array([box(2)])]
    score = rng.uniform(0.5, 0.6)
    everything = [answers((1, 0.9), (0, score)), answers((2, 0.4))]
    nothing = [answers((2, 0.9)), answers((0, score))]
    silent = [answers(), answers()]
    return [float(code.average_precision(each, truth)) for each in (everything, nothing, silent)]


@task(8, "sorts the boxes of all images together", needs=[3])
def across_images(code, rng):
    """Hit, miss, hit, miss, hit of four true boxes: 1/4 + 2/3 * 1/4 + 3/5 * 1/4."""
    truth = [np.array([box(0), box(1)]), np.array([box(0), box(2)])]
    found = [answers((2, 0.8), (1, 0.7)), answers((0, 0.9), (1, 0.6), (2, 0.5))]
    return float(code.average_precision(found, truth))


@task(8, "counts an iou of 0.5 as a hit unless told otherwise", needs=[3])
def half(code, rng):
    found = [(np.array([[0.0, 0.0, 1.0, 0.5]]), np.array([rng.uniform(0.1, 0.9)]))]
    truth = [np.array([[0.0, 0.0, 1.0, 1.0]])]
    return [float(code.average_precision(found, truth, *t)) for t in ((), (0.4,), (0.6,))]


@task(8, "counts a second box on the same object as a miss", needs=[3])
def twice(code, rng):
    truth = [np.array([box(0), box(1)]), np.zeros((0, 4))]
    found = [answers((0, 0.9), (0, 0.8, 0.02), (1, 0.7)), answers((0, 0.3))]
    return float(code.average_precision(found, truth))


@task(8, "takes the best precision from here on", needs=[3])
def best_from_here(code, rng):
    truth = [np.array([box(0), box(1), box(2)])]
    found = [answers((3, 0.95), (0, 0.9), (1, 0.8), (2, 0.7))]
    return float(code.average_precision(found, truth))
