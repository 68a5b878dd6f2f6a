"""From paper to code: a YOLO-style detector, the card that reading it leaves, and its score.

A box is (x1, y1, x2, y2): left, top, right and bottom edge, as shares of the picture, from 0 to 1.
Boxes have shape (N, 4). Letters: S x S cells, C kinds of things, N of whatever there are many.
A grid, (S, S, 5 + C), says for each cell, row by row: p, how sure it is that the middle of a thing
lies here; x, y, where in the cell, from 0 to 1; the *roots* of width and height; and a number for
each kind. Pictures and grids of a batch have N in front.

Scenes and a small network are given. `undergrad check paper-yolo` runs your functions.
"""

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
    """What is missing on the card of a paper. It is Markdown with a heading for each of SECTIONS.

    text: the card; a section goes from its line `## Claim` to the next line that begins with
    `## `, or to the end.
    Returns a list of complaints, in the order of SECTIONS: "Claim: missing" without the heading,
    "Claim: too short" with fewer than eight words below it. After those of Evidence comes
    "Evidence: no number with its table", if no line of that section holds both the word Table or
    Figure with its number and another number. A full card gives [].
    """
    raise NotImplementedError("TODO 1: cut at the headings; then count words, and look for numbers")


def paint(shapes, size=32):
    """Draw shapes one over the other, and say where each can be seen.

    shapes: a list of (kind, x, y, r, brightness), for `inside`; a later one covers earlier ones.
    Returns (picture, boxes, labels): picture (size, size), 0 where nothing is, else the brightness
    of the shape in front; boxes (N, 4), around what can be *seen* of each shape, to the outer
    edges of its pixels, as shares of the size; labels (N,), whole numbers, the kinds. A shape of
    which nothing is seen is left out.
    """
    raise NotImplementedError("TODO 2: note for each pixel which shape owns it")


def iou(a, b):
    """How well boxes agree: the area two boxes share over the area they cover together.

    a: (N, 4).   b: (M, 4), all with an area above 0.
    Returns (N, M), from 0 (apart) to 1 (the same).
    """
    raise NotImplementedError("TODO 3: the shared box: largest of lefts, smallest of rights")


def encode_targets(boxes, labels, S, C):
    """What the network should say about a picture.

    boxes: (N, 4).   labels: (N,), whole numbers from 0 to C - 1.
    Returns a grid (S, S, 5 + C), all 0 but in cells with the middle of a box: there p is 1, x and
    y say where in the cell the middle lies, then the roots of width and height, and 1 for the
    kind. Of two boxes with their middles in one cell the later one counts.
    """
    raise NotImplementedError(
        "TODO 4: middle times S: the whole part is the cell, the rest x and y"
    )


def decode(grid):
    """The way back: a box from each cell.

    grid: (S, S, 5 + C).
    Returns (boxes, scores, labels) with S * S rows, cell by cell in reading order: boxes (S S, 4),
    scores (S S,), which are p times the largest of the numbers for the kinds, and labels (S S,),
    whose number that is.
    """
    raise NotImplementedError("TODO 4: cell plus x and y, over S, is the middle; squares are sizes")


def yolo_loss(said, target, l_coord=5.0, l_noobj=0.5):
    """The paper's loss, squared errors with three weights, and its slope.

    said, target: (N, S, S, 5 + C); target as `encode_targets` makes it.
    In cells with a thing: l_coord times the errors of x, y and both roots, plus those of p and of
    the kinds, once. In empty cells: l_noobj times the error of p, nothing else. Summed over
    cells, averaged over the N pictures.
    Returns (loss, slope), a float and (N, S, S, 5 + C).
    """
    raise NotImplementedError("TODO 5: a weight for each number of the grid, then one formula")


def train(network, params, x, target, lr, epochs, batch, rng):
    """The loop: mini-batches, momentum and decay, as in the paper.

    network(x, params) -> (said, back), and back(slope) -> slopes, a list as `params`.
    params: a list of arrays, which stay as they are.   x, target: N in front.   lr: step size.
    Each epoch takes all pictures in the order rng.permutation(N), `batch` at a time; the last
    batch may be smaller. Of each batch, with the slopes of `yolo_loss`, for each parameter:
    speed = 0.9 * speed - lr * (slope + 0.0005 * param), then param = param + speed. Speeds begin
    at 0 and go on through all epochs.
    Returns (params, losses): the new list, and the mean loss of the batches of each epoch, a list.
    """
    raise NotImplementedError("TODO 6: permute, cut, forward, loss, back, step")


def nms(boxes, scores, t=0.5):
    """Of boxes on the same thing keep the surest.

    boxes: (N, 4), perhaps none.   scores: (N,), no two alike.
    Returns the indices of those that stay, whole numbers, surest first. A box goes when its `iou`
    with a surer one *that stays* is above t.
    """
    raise NotImplementedError("TODO 7: take the surest, drop what overlaps it, go on with the rest")


def average_precision(found, truth, t=0.5):
    """How good a detector is for one kind, over many pictures.

    found: for each picture (boxes, scores), (N, 4) and (N,); no two scores alike.
    truth: for each picture boxes (M, 4), in the same order of pictures; at least one in all.
    All boxes found, from all pictures, are taken surest first. One is a hit when the true box of
    its picture with the largest iou, among those not hit yet, has an iou of at least t; that true
    box is then used up. After each, precision is hits / taken and recall hits / number of true
    boxes. Precision at a recall is the best at this or any larger recall.
    Returns the area under that curve, a float from 0 to 1; 0 when nothing was found.
    """
    raise NotImplementedError("TODO 8: one sorted list of hits and misses, then the area")
