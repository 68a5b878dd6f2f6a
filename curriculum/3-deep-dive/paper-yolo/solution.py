"""From paper to code: a YOLO-style detector, the card that reading it leaves, and its score.

A box is (x1, y1, x2, y2): left, top, right and bottom edge, as fractions of the image, from 0 to 1.
Boxes have shape (N, 4). A grid, (S, S, 5 + C), holds for each cell, row by row: p, how certain it
is that the centre of an object is here; x, y, where in the cell, from 0 to 1; the *square roots* of
width and height; and a number for each class. Images and grids of a batch have N first.

Scenes, a small network and its measurement are given. `undergrad check paper-yolo` runs your
functions.

Letters: S cells along one side of an image, C classes, N boxes (or images of a batch), M boxes to
compare with.
"""

import re

import numpy as np

# --- given --------------------------------------------------------------------------------------

KINDS = ("circle", "square", "triangle")
SECTIONS = ("Claim", "Method", "Evidence", "Doubts", "To rebuild")
STRIDES = (2, 2, 2, 1)  # of the detector's layers: 32 pixels a side become 4 cells


def inside(kind, x, y, r, size):
    """Which pixels a shape covers.   x, y, r: centre and radius in pixels.

    Returns: covered (size, size), bool
    """
    down, across = np.mgrid[:size, :size] + 0.5
    dx, dy = across - x, down - y
    if kind == 0:
        return dx**2 + dy**2 <= r**2
    if kind == 1:
        return np.maximum(abs(dx), abs(dy)) <= 0.85 * r
    return (dy <= 0.7 * r) & (dy >= 2 * abs(dx) - r)


def random_shapes(rng, size=32, most=3):
    """A list of 1 to `most` shapes (kind, x, y, r, brightness), the last one in front.

    Returns: shapes, list
    """
    shapes = []
    for _ in range(rng.integers(1, most + 1)):
        r = rng.uniform(0.13, 0.24) * size
        x, y = rng.uniform(r, size - r, size=2)
        shapes.append((int(rng.integers(3)), x, y, r, rng.uniform(0.5, 1.0)))
    return shapes


def make_scenes(rng, n, size=32, most=3):
    """n images with noise, and lists of their boxes and of their labels.

    Returns: images (n, 1, size, size), boxes, list, labels, list
    """
    drawn = [paint(random_shapes(rng, size, most), size) for _ in range(n)]
    images = np.stack([image for image, _, _ in drawn])[:, None]
    images += 0.05 * rng.normal(size=images.shape)
    return images, [boxes for _, boxes, _ in drawn], [labels for _, _, labels in drawn]


def start_params(widths, rng, channels=1, classes=3):
    """Initial parameters of a detector: a kernel and a bias for each layer of `widths`, and a last
    layer with 5 + classes outputs for each cell.

    Returns: params, list
    """
    params, before = [], channels
    for width in widths:
        std = np.sqrt(2 / (9 * before))
        params += [std * rng.normal(size=(width, before, 3, 3)), np.zeros(width)]
        before = width
    std, outputs = 0.1 / np.sqrt(before), 5 + classes
    params += [std * rng.normal(size=(outputs, before, 1, 1)), np.zeros(outputs)]
    return [each.astype(np.float32) for each in params]


def detector(conv2d, conv2d_backward):
    """A network for `train`, made of the convolutions that it is given: yours, from `conv`.

    Four layers of 3 x 3 kernels, each followed by a ReLU, and a layer of 1 x 1 kernels.
    Returns: network; network(x, params) gives grids and a function for the backward pass
    """

    def network(x, params):
        caches = []
        for layer, stride in enumerate(STRIDES):
            z, cache = conv2d(x, *params[2 * layer : 2 * layer + 2], stride, 1)
            caches.append((cache, z > 0))
            x = np.maximum(z, 0)
        pred, last = conv2d(x, *params[-2:])

        def backward(g):
            g, *gradients = conv2d_backward(g.transpose(0, 3, 1, 2), last)
            for cache, positive in reversed(caches):
                g, gw, gb = conv2d_backward(g * positive, cache)
                gradients = [gw, gb, *gradients]
            return gradients

        return pred.transpose(0, 2, 3, 1), backward

    return network


def fit(network, params, rounds, n, lr, rng):
    """Train on n new scenes in each round; the learning rate is low at the beginning and the end.

    Returns: params, list, losses, list with one of each round
    """
    losses = []
    for done in range(rounds):
        x, boxes, labels = make_scenes(rng, n)
        pairs = zip(boxes, labels, strict=True)
        target = np.stack([encode_targets(*each, 4, len(KINDS)) for each in pairs])
        factor = {0: 0.2, rounds - 2: 0.2, rounds - 1: 0.05}.get(done, 1)
        x, target = x.astype(np.float32), target.astype(np.float32)
        params, loss = train(network, params, x, target, factor * lr, 1, 8, rng)
        losses += loss
    return params, losses


def mean_precision(pred, boxes, labels, overlap=0.5):
    """The mean over classes of the average precision of predicted grids.

    pred: (N, S, S, 5 + C).   boxes, labels: lists of the true ones.
    overlap: above it, `nms` drops a box.
    Returns: map, float
    """
    of_classes = []
    for kind in range(pred.shape[-1] - 5):
        found = []
        for candidates, scores, kinds in map(decode, pred):
            rows = (kinds == kind) & (scores > 0.05)
            candidates, scores = candidates[rows], scores[rows]
            kept = nms(candidates, scores, overlap)
            found.append((candidates[kept], scores[kept]))
        truth = [each[kinds == kind] for each, kinds in zip(boxes, labels, strict=True)]
        of_classes.append(average_precision(found, truth))
    return float(np.mean(of_classes))


# --- yours --------------------------------------------------------------------------------------


def _quotes_a_number(section):  # solution only
    """Is there a line with "Table 1" or "Figure 4", and another number in it?"""
    source = re.compile(r"\b(Table|Figure)\s+\d+")
    lines = (line for line in section.splitlines() if source.search(line))
    return any(re.search(r"\d", source.sub("", line)) for line in lines)


def paper_card(text):
    """What is missing on the card of a paper. It is Markdown with a heading for each of SECTIONS.

    text: the card; a section goes from its line `## Claim` to the next line that begins with
    `## `, or to the end.
    The complaints are in the order of SECTIONS: "Claim: missing" without the heading, "Claim: too
    short" with fewer than eight words below it. After those of Evidence comes "Evidence: no number
    with its table", if no line of that section contains both the word Table or Figure with its
    number and another number. A full card gives [].
    Returns: complaints, list
    """
    # TODO 1: split at the headings; then count words, and look for numbers
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


def paint(shapes, size=32):
    """Draw shapes one over the other, and say where each is visible.

    shapes: a list of (kind, x, y, r, brightness), for `inside`; a later one covers earlier ones.
    image is 0 where nothing is, else the brightness of the shape in front. A box surrounds what is
    *visible* of a shape, to the outer edges of its pixels, as fractions of the size. labels are
    whole numbers, the kinds. A shape that is completely hidden is left out.
    Returns: image (size, size), boxes (N, 4), labels (N,)
    """
    # TODO 2: which shape is in front at each pixel, and where is it visible?
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for index, (kind, x, y, r, brightness) in enumerate(shapes):
        covered = inside(kind, x, y, r, size)
        image[covered], owner[covered] = brightness, index
    visible = [index for index in range(len(shapes)) if (owner == index).any()]
    boxes = np.zeros((len(visible), 4))
    for row, index in enumerate(visible):
        down, across = np.nonzero(owner == index)
        boxes[row] = across.min(), down.min(), across.max() + 1, down.max() + 1
    return image, boxes / size, np.array([shapes[index][0] for index in visible], dtype=int)


def _area(boxes):  # solution only
    return (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)


def iou(a, b):
    """Intersection over union: the area two boxes share, over the area they cover together.

    a: (N, 4).   b: (M, 4), all with an area above 0.
    It goes from 0 (apart) to 1 (equal).
    Returns: iou (N, M)
    """
    # TODO 3: which four edges does the intersection have, and when is it empty?
    a, b = a[:, None], b[None]  # (N, 1, 4), (1, M, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)  # apart in one direction: no area
    return shared / (_area(a) + _area(b) - shared)


def encode_targets(boxes, labels, S, C):
    """The target grid of an image: what the network should predict.

    boxes: (N, 4).   labels: (N,), whole numbers from 0 to C - 1.
    The grid is 0 except in cells with the centre of a box: there p is 1, x and y say where in the
    cell the centre is, then come the square roots of width and height, and 1 for the class. Of two
    boxes with their centres in one cell only the later one counts.
    Returns: grid (S, S, 5 + C)
    """
    # TODO 4: in which cell is the centre, and where in that cell?
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x, y = S * (x1 + x2) / 2, S * (y1 + y2) / 2
        cell = grid[min(int(y), S - 1), min(int(x), S - 1)]
        cell[:] = 0
        cell[:5] = 1, x % 1, y % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        cell[5 + label] = 1
    return grid


def decode(grid):
    """The inverse of `encode_targets`: a box from each cell.

    grid: (S, S, 5 + C).
    There are S * S boxes, cell by cell in reading order. A score is p times the largest of the
    numbers of the classes; the label is the class of that number.
    Returns: boxes (S * S, 4), scores (S * S,), labels (S * S,)
    """
    # TODO 4: which centre and which size does each cell describe?
    S = len(grid)
    rows, columns = np.divmod(np.arange(S * S), S)
    cells = grid.reshape(S * S, -1)
    centre = (cells[:, 1:3] + np.stack([columns, rows], axis=1)) / S
    half = cells[:, 3:5] ** 2 / 2
    scores = cells[:, 0] * cells[:, 5:].max(axis=1)
    labels = cells[:, 5:].argmax(axis=1)
    return np.hstack([centre - half, centre + half]), scores, labels


def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    """The paper's loss, squared errors with three weights, and its gradient.

    pred, target: (N, S, S, 5 + C); target as `encode_targets` makes it.
    In cells with an object: l_coord times the errors of x, y and both roots, plus those of p and of
    the classes. In empty cells: l_noobj times the error of p, nothing else. Summed over cells,
    averaged over the N images.
    Returns: loss, float, g (N, S, S, 5 + C)
    """
    # TODO 5: how much does the error of each number count?
    full = target[..., :1]  # 1 in cells with an object, (N, S, S, 1)
    weight = np.broadcast_to(full, pred.shape).copy()
    weight[..., 1:5] *= l_coord
    weight[..., :1] += l_noobj * (1 - full)
    error = pred - target
    return float(np.sum(weight * error**2) / len(pred)), 2 * weight * error / len(pred)


def train(network, params, x, target, lr, epochs, batch, rng):
    """The training loop: batches, momentum and weight decay, as in the paper.

    network(x, params) gives (pred, backward), and backward(g) gives the gradients, a list like
    params.   params: a list of arrays, left unchanged.   x, target: N first.   lr: learning rate.
    Each epoch takes all images in the order rng.permutation(N), `batch` at a time; the last batch
    may be smaller. Each batch gives every parameter one step with the gradient of `yolo_loss`, a
    momentum of 0.9 and a weight decay of 0.0005. Velocities begin at 0 and continue through all
    epochs.
    params is a new list; losses holds the mean loss of the batches of each epoch.
    Returns: params, list, losses, list
    """
    # TODO 6: shuffle, split, forward, loss, backward, step
    params, velocities, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, batch_losses = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                velocities[i] = 0.9 * velocities[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + velocities[i]
            batch_losses.append(loss)
        losses.append(float(np.mean(batch_losses)))
    return params, losses


def nms(boxes, scores, t=0.5):
    """Non-maximum suppression: of boxes on the same object keep the one with the highest score.

    boxes: (N, 4), perhaps none.   scores: (N,), all different.
    The indices of the boxes that are kept are whole numbers, highest score first. A box is dropped
    when its `iou` with a kept box of higher score is above t.
    Returns: kept (...)
    """
    # TODO 7: which box is kept first, and which boxes does it rule out?
    overlap, waiting, kept = iou(boxes, boxes), np.argsort(-scores), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[overlap[best, waiting] <= t]
    return np.array(kept, dtype=int)


def _hits(boxes, scores, true, t):  # solution only
    """Which boxes of one image are hits, in their own order. Higher scores choose first."""
    hits = np.zeros(len(boxes))
    overlap = iou(boxes, true)
    for i in np.argsort(-scores):
        best = overlap[i].argmax() if len(true) else 0
        if len(true) and overlap[i, best] >= t:
            hits[i] = 1
            overlap[:, best] = -1  # used up
    return hits


def average_precision(found, truth, t=0.5):
    """The average precision of a detector for one class, over many images.

    found: for each image (boxes, scores), (N, 4) and (N,); all scores different.
    truth: for each image boxes (M, 4), in the same order of images; at least one in all.
    The boxes found in all images are taken together, highest score first. One is a hit when the
    true box of its image with the largest iou, among those not hit yet, has an iou of at least t;
    that true box is then used up. After each box, precision is hits / taken and recall hits /
    number of true boxes. The precision at a recall is the best at this or any larger recall.
    It is the area under that curve, from 0 to 1; 0 when nothing was found.
    Returns: ap, float
    """
    # TODO 8: which boxes are hits, and what is the area below the curve?
    scores = np.concatenate([scores for _, scores in found])
    hits = np.concatenate([_hits(*each, true, t) for each, true in zip(found, truth, strict=True)])
    hits = np.cumsum(hits[np.argsort(-scores)])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(true) for true in truth)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best_from_here))
