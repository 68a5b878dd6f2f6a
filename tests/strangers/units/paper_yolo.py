# right: lines are collected heading by heading
def paper_card(text):
    found, current = {}, None
    for line in text.splitlines():
        if line.startswith("## "):
            current = line[3:].strip()
            found.setdefault(current, [])
        elif current is not None:
            found[current].append(line)
    problems = []
    for name in SECTIONS:
        if name not in found:
            problems.append(name + ": missing")
        elif sum(len(line.split()) for line in found[name]) < 8:
            problems.append(name + ": too short")
        if name == "Evidence":
            good = False
            for line in found.get(name, []):
                without, n = re.subn(r"\b(?:Table|Figure)\s+\d+", "", line)
                if n and any(c.isdigit() for c in without):
                    good = True
            if not good:
                problems.append("Evidence: no number with its table")
    return problems


# right: a loop over the masks
def paint(shapes, size=32):
    image = np.zeros((size, size))
    masks = []
    for kind, x, y, r, brightness in shapes:
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        for earlier in masks:
            earlier &= ~m
        masks.append(m.copy())
    boxes, labels = [], []
    for m, shape in zip(masks, shapes):
        ys, xs = np.where(m)
        if len(ys) == 0:
            continue
        boxes.append([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
        labels.append(shape[0])
    boxes = np.array(boxes, dtype=float).reshape(-1, 4) / size
    return image, boxes, np.array(labels, dtype=int)


# right: two loops
def iou(a, b):
    out = np.zeros((len(a), len(b)))
    for i, (ax1, ay1, ax2, ay2) in enumerate(a):
        for j, (bx1, by1, bx2, by2) in enumerate(b):
            w = max(0.0, min(ax2, bx2) - max(ax1, bx1))
            h = max(0.0, min(ay2, by2) - max(ay1, by1))
            inter = w * h
            union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - inter
            out[i, j] = inter / union
    return out


# right: the centre by floor
def encode_targets(boxes, labels, S, C):
    target = np.zeros((S, S, 5 + C))
    for box, label in zip(boxes, labels):
        w, h = box[2] - box[0], box[3] - box[1]
        cx, cy = (box[0] + w / 2) * S, (box[1] + h / 2) * S
        col, row = min(int(np.floor(cx)), S - 1), min(int(np.floor(cy)), S - 1)
        target[row, col] = 0.0
        target[row, col, 0] = 1.0
        target[row, col, 1] = cx - int(cx)
        target[row, col, 2] = cy - int(cy)
        target[row, col, 3:5] = np.sqrt([w, h])
        target[row, col, 5 + int(label)] = 1.0
    return target


# right: cell by cell
def decode(grid):
    S = grid.shape[0]
    boxes, scores, labels = [], [], []
    for row in range(S):
        for col in range(S):
            p, x, y, rw, rh = grid[row, col, :5]
            classes = grid[row, col, 5:]
            cx, cy, w, h = (col + x) / S, (row + y) / S, rw * rw, rh * rh
            boxes.append((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2))
            scores.append(p * classes.max())
            labels.append(int(classes.argmax()))
    return np.array(boxes), np.array(scores), np.array(labels)


# right: the terms of the paper, one by one
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    N = pred.shape[0]
    obj = target[..., 0]
    noobj = 1 - obj
    d = pred - target
    loss = l_coord * np.sum(obj[..., None] * d[..., 1:5] ** 2)
    loss += np.sum(obj * d[..., 0] ** 2)
    loss += l_noobj * np.sum(noobj * d[..., 0] ** 2)
    loss += np.sum(obj[..., None] * d[..., 5:] ** 2)
    g = np.zeros_like(pred)
    g[..., 0] = 2 * (obj + l_noobj * noobj) * d[..., 0]
    g[..., 1:5] = 2 * l_coord * obj[..., None] * d[..., 1:5]
    g[..., 5:] = 2 * obj[..., None] * d[..., 5:]
    return float(loss / N), g / N


# right: velocities as arrays, batches by array_split of the order
def train(network, params, x, target, lr, epochs, batch, rng):
    weights = [p.copy() for p in params]
    v = [np.zeros_like(p) for p in weights]
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        total, count = 0.0, 0
        for start in range(0, len(order), batch):
            idx = order[start : start + batch]
            out, back = network(x[idx], weights)
            loss, g = yolo_loss(out, target[idx])
            grads = back(g)
            v = [0.9 * a - lr * (b + 5e-4 * c) for a, b, c in zip(v, grads, weights)]
            weights = [c + a for c, a in zip(weights, v)]
            total += loss
            count += 1
        history.append(total / count)
    return weights, history


# right: each box is compared with those that are kept
def nms(boxes, scores, t=0.5):
    keep = []
    for i in np.argsort(scores)[::-1]:
        if all(iou(boxes[i : i + 1], boxes[k : k + 1])[0, 0] <= t for k in keep):
            keep.append(int(i))
    return np.array(keep, dtype=int)


# right: one list of dicts, as in many object detection repositories
def average_precision(found, truth, t=0.5):
    detections = []
    for image, (boxes, scores) in enumerate(found):
        for box, score in zip(boxes, scores):
            detections.append((score, image, box))
    detections.sort(key=lambda d: d[0], reverse=True)
    used = [np.zeros(len(boxes), dtype=bool) for boxes in truth]
    total = sum(len(boxes) for boxes in truth)
    hits, precisions, recalls = 0, [], []
    for rank, (score, image, box) in enumerate(detections, 1):
        free = np.flatnonzero(~used[image])
        if len(free):
            overlaps = iou(box[None], truth[image][free])[0]
            k = overlaps.argmax()
            if overlaps[k] >= t:
                used[image][free[k]] = True
                hits += 1
        precisions.append(hits / rank)
        recalls.append(hits / total)
    ap, before = 0.0, 0.0
    for i in range(len(precisions)):
        ap += (recalls[i] - before) * max(precisions[i:])
        before = recalls[i]
    return float(ap)


# wrong: words are counted in characters
# named: paper_card-3
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}\s*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].strip()) < 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            lines = m[1].splitlines() if m else []
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            if not any(pat.search(s) and re.search(r"\d", pat.sub("", s)) for s in lines):
                out.append("Evidence: no number with its table")
    return out


# wrong: eight words are too few
# named: paper_card-4
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].split()) <= 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            lines = m[1].splitlines() if m else []
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            if not any(pat.search(s) and re.search(r"\d", pat.sub("", s)) for s in lines):
                out.append("Evidence: no number with its table")
    return out


# wrong: the table's own number counts as the number
# named: paper_card-6
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].split()) < 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            lines = m[1].splitlines() if m else []
            if not any(re.search(r"\b(Table|Figure)\s+\d+", s) for s in lines):
                out.append("Evidence: no number with its table")
    return out


# wrong: the table may stand in another line than the number
# named: paper_card-7
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].split()) < 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            body = m[1] if m else ""
            if not (pat.search(body) and re.search(r"\d", pat.sub("", body))):
                out.append("Evidence: no number with its table")
    return out


# wrong: the table may stand anywhere on the card
# named: paper_card-5
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].split()) < 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            lines = text.splitlines()
            if not any(pat.search(s) and re.search(r"\d", pat.sub("", s)) for s in lines):
                out.append("Evidence: no number with its table")
    return out


# wrong: a section goes to the end of the card
# named: paper_card-1
def paper_card(text):
    out = []
    for name in SECTIONS:
        if f"## {name}" not in text:
            out.append(f"{name}: missing")
            body = ""
        else:
            body = text.split(f"## {name}", 1)[1]
            if len(body.split()) < 8:
                out.append(f"{name}: too short")
        if name == "Evidence":
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            lines = body.splitlines()
            if not any(pat.search(s) and re.search(r"\d", pat.sub("", s)) for s in lines):
                out.append("Evidence: no number with its table")
    return out


# wrong: the first complaint ends it
# named: The loop of `paper_card` ends in its
def paper_card(text):
    out = []
    for name in SECTIONS:
        m = re.search(rf"^## {name}[ ]*$(.*?)(?=^## |\Z)", text, re.M | re.S)
        if not m:
            out.append(f"{name}: missing")
        elif len(m[1].split()) < 8:
            out.append(f"{name}: too short")
        if name == "Evidence":
            lines = m[1].splitlines() if m else []
            pat = re.compile(r"\b(Table|Figure)\s+\d+")
            if not any(pat.search(s) and re.search(r"\d", pat.sub("", s)) for s in lines):
                out.append("Evidence: no number with its table")
        return out


# wrong: the box of the whole shape, hidden parts too
# named: paint-1
def paint(shapes, size=32):
    image, boxes, labels = np.zeros((size, size)), [], []
    for kind, x, y, r, brightness in shapes:
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        if m.any():
            ys, xs = np.nonzero(m)
            boxes.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
            labels.append(kind)
    return image, np.array(boxes, dtype=float).reshape(-1, 4) / size, np.array(labels, dtype=int)


# wrong: the right and bottom edges are one pixel short
# named: paint-2
def paint(shapes, size=32):
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for i, (kind, x, y, r, brightness) in enumerate(shapes):
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        owner[m] = i
    boxes, labels = [], []
    for i, shape in enumerate(shapes):
        ys, xs = np.nonzero(owner == i)
        if len(xs):
            boxes.append((xs.min(), ys.min(), xs.max(), ys.max()))
            labels.append(shape[0])
    return image, np.array(boxes, dtype=float).reshape(-1, 4) / size, np.array(labels, dtype=int)


# wrong: rows and columns are swapped
# named: paint-4
def paint(shapes, size=32):
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for i, (kind, x, y, r, brightness) in enumerate(shapes):
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        owner[m] = i
    boxes, labels = [], []
    for i, shape in enumerate(shapes):
        xs, ys = np.nonzero(owner == i)
        if len(xs):
            boxes.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
            labels.append(shape[0])
    return image, np.array(boxes, dtype=float).reshape(-1, 4) / size, np.array(labels, dtype=int)


# wrong: in pixels
# named: paint-3
def paint(shapes, size=32):
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for i, (kind, x, y, r, brightness) in enumerate(shapes):
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        owner[m] = i
    boxes, labels = [], []
    for i, shape in enumerate(shapes):
        ys, xs = np.nonzero(owner == i)
        if len(xs):
            boxes.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
            labels.append(shape[0])
    return image, np.array(boxes, dtype=float).reshape(-1, 4), np.array(labels, dtype=int)


# wrong: brightness is added where shapes overlap
# named: paint-5
def paint(shapes, size=32):
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for i, (kind, x, y, r, brightness) in enumerate(shapes):
        m = inside(kind, x, y, r, size)
        image += m * brightness
        owner[m] = i
    boxes, labels = [], []
    for i, shape in enumerate(shapes):
        ys, xs = np.nonzero(owner == i)
        if len(xs):
            boxes.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
            labels.append(shape[0])
    return image, np.array(boxes, dtype=float).reshape(-1, 4) / size, np.array(labels, dtype=int)


# wrong: a hidden shape fails
# named: paint-6
def paint(shapes, size=32):
    image, owner = np.zeros((size, size)), np.full((size, size), -1)
    for i, (kind, x, y, r, brightness) in enumerate(shapes):
        m = inside(kind, x, y, r, size)
        image[m] = brightness
        owner[m] = i
    boxes = np.zeros((len(shapes), 4))
    for i in range(len(shapes)):
        ys, xs = np.nonzero(owner == i)
        boxes[i] = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    return image, boxes / size, np.array([s[0] for s in shapes], dtype=int)


# wrong: negative sides make a positive area
# named: iou-2
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    h = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    inter = w * h
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inter / (area_a + area_b - inter)


# wrong: clipped after the product, so two negative sides count
# named: iou-2
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    h = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    inter = np.maximum(w * h, 0)
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inter / (area_a + area_b - inter)


# wrong: the shared area is counted twice below
# named: iou-1
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.maximum(np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]), 0)
    h = np.maximum(np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]), 0)
    inter = w * h
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inter / (area_a + area_b)


# wrong: + 1 for pixels, as in Pascal VOC code
# named: iou-3
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + 1
    h = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + 1
    inter = np.maximum(w, 0) * np.maximum(h, 0)
    area_a = (a[..., 2] - a[..., 0] + 1) * (a[..., 3] - a[..., 1] + 1)
    area_b = (b[..., 2] - b[..., 0] + 1) * (b[..., 3] - b[..., 1] + 1)
    return inter / (area_a + area_b - inter)


# wrong: over the smaller of the two
# named: iou-4
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.maximum(np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]), 0)
    h = np.maximum(np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]), 0)
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return w * h / np.minimum(area_a, area_b)


# wrong: the surrounding box in place of the shared one
# named: iou-5
def iou(a, b):
    a, b = a[:, None], b[None]
    w = np.maximum(a[..., 2], b[..., 2]) - np.minimum(a[..., 0], b[..., 0])
    h = np.maximum(a[..., 3], b[..., 3]) - np.minimum(a[..., 1], b[..., 1])
    inter = w * h
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return inter / (area_a + area_b - inter)


# wrong: box i with box i only
# named: iou-6
def iou(a, b):
    w = np.maximum(np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0]), 0)
    h = np.maximum(np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1]), 0)
    inter = w * h
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a + area_b - inter)


# wrong: width and height without their roots
# named: encode_targets-4
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(int(cy), S - 1), min(int(cx), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx % 1, cy % 1, x2 - x1, y2 - y1
        grid[i, j, 5 + label] = 1
    return grid


# wrong: column and row are swapped
# named: encode_targets-1
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(int(cx), S - 1), min(int(cy), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx % 1, cy % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: the centre in the image, not in the cell
# named: encode_targets-2
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
        i, j = min(int(S * cy), S - 1), min(int(S * cx), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx, cy, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: the top left corner in place of the centre
# named: encode_targets-5
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = x1 * S, y1 * S
        i, j = min(int(cy), S - 1), min(int(cx), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx % 1, cy % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: the class of the earlier box stays
# named: encode_targets-3
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(int(cy), S - 1), min(int(cx), S - 1)
        grid[i, j, :5] = 1, cx % 1, cy % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: the earlier box of a cell wins
# named: encode_targets-6
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(int(cy), S - 1), min(int(cx), S - 1)
        if grid[i, j, 0] == 1:
            continue
        grid[i, j, :5] = 1, cx % 1, cy % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: rounded to the nearest cell
# named: encode_targets-7
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(round(cy), S - 1), min(round(cx), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx - j, cy - i, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5 + label] = 1
    return grid


# wrong: the class's number in one place
# named: encode_targets-8
def encode_targets(boxes, labels, S, C):
    grid = np.zeros((S, S, 5 + C))
    for (x1, y1, x2, y2), label in zip(boxes, labels):
        cx, cy = (x1 + x2) / 2 * S, (y1 + y2) / 2 * S
        i, j = min(int(cy), S - 1), min(int(cx), S - 1)
        grid[i, j] = 0
        grid[i, j, :5] = 1, cx % 1, cy % 1, np.sqrt(x2 - x1), np.sqrt(y2 - y1)
        grid[i, j, 5] = label
    return grid


# wrong: the roots are not squared
# named: decode-2
def decode(grid):
    S = len(grid)
    rows, cols = np.mgrid[:S, :S]
    cx = (cols + grid[..., 1]).ravel() / S
    cy = (rows + grid[..., 2]).ravel() / S
    w, h = grid[..., 3].ravel(), grid[..., 4].ravel()
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)
    classes = grid[..., 5:].reshape(S * S, -1)
    return boxes, grid[..., 0].ravel() * classes.max(axis=1), classes.argmax(axis=1)


# wrong: rows and columns are swapped
# named: decode-1
def decode(grid):
    S = len(grid)
    rows, cols = np.mgrid[:S, :S]
    cx = (rows + grid[..., 1]).ravel() / S
    cy = (cols + grid[..., 2]).ravel() / S
    w, h = grid[..., 3].ravel() ** 2, grid[..., 4].ravel() ** 2
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)
    classes = grid[..., 5:].reshape(S * S, -1)
    return boxes, grid[..., 0].ravel() * classes.max(axis=1), classes.argmax(axis=1)


# wrong: the cell's own place is forgotten
# named: decode-4
def decode(grid):
    S = len(grid)
    cx, cy = grid[..., 1].ravel() / S, grid[..., 2].ravel() / S
    w, h = grid[..., 3].ravel() ** 2, grid[..., 4].ravel() ** 2
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)
    classes = grid[..., 5:].reshape(S * S, -1)
    return boxes, grid[..., 0].ravel() * classes.max(axis=1), classes.argmax(axis=1)


# wrong: p alone is the score
# named: decode-3
def decode(grid):
    S = len(grid)
    rows, cols = np.mgrid[:S, :S]
    cx = (cols + grid[..., 1]).ravel() / S
    cy = (rows + grid[..., 2]).ravel() / S
    w, h = grid[..., 3].ravel() ** 2, grid[..., 4].ravel() ** 2
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=1)
    classes = grid[..., 5:].reshape(S * S, -1)
    return boxes, grid[..., 0].ravel(), classes.argmax(axis=1)


# wrong: the whole width on each side
# named: decode-5
def decode(grid):
    S = len(grid)
    rows, cols = np.mgrid[:S, :S]
    cx = (cols + grid[..., 1]).ravel() / S
    cy = (rows + grid[..., 2]).ravel() / S
    w, h = grid[..., 3].ravel() ** 2, grid[..., 4].ravel() ** 2
    boxes = np.stack([cx - w, cy - h, cx + w, cy + h], axis=1)
    classes = grid[..., 5:].reshape(S * S, -1)
    return boxes, grid[..., 0].ravel() * classes.max(axis=1), classes.argmax(axis=1)


# wrong: centre, width and height, as YOLO's own files have it
# named: decode-6
def decode(grid):
    S = len(grid)
    rows, cols = np.mgrid[:S, :S]
    cx = (cols + grid[..., 1]).ravel() / S
    cy = (rows + grid[..., 2]).ravel() / S
    w, h = grid[..., 3].ravel() ** 2, grid[..., 4].ravel() ** 2
    classes = grid[..., 5:].reshape(S * S, -1)
    boxes = np.stack([cx, cy, w, h], axis=1)
    return boxes, grid[..., 0].ravel() * classes.max(axis=1), classes.argmax(axis=1)


# wrong: the boxes of empty cells are punished too
# named: yolo_loss-1
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    weight = np.ones_like(pred)
    weight[..., 1:5] = l_coord
    weight[..., 0] = np.where(target[..., 0] == 1, 1.0, l_noobj)
    d = pred - target
    return float(np.sum(weight * d**2) / len(pred)), 2 * weight * d / len(pred)


# wrong: the factor 2 is missing in the gradient
# named: yolo_loss-3
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.sum(weight * d**2) / len(pred)), weight * d / len(pred)


# wrong: the mean over all numbers
# named: yolo_loss-5
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.mean(weight * d**2)), 2 * weight * d / d.size


# wrong: summed over the images too
# named: yolo_loss-6
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.sum(weight * d**2)), 2 * weight * d


# wrong: l_coord for x and y only
# named: yolo_loss-7
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 2, -1),
            np.repeat(obj, pred.shape[-1] - 3, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.sum(weight * d**2) / len(pred)), 2 * weight * d / len(pred)


# wrong: the full cells are found by the prediction
# named: yolo_loss-8
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = (pred[..., :1] > 0.5).astype(float)
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.sum(weight * d**2) / len(pred)), 2 * weight * d / len(pred)


# wrong: empty cells count fully
# named: yolo_loss-2
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            np.ones_like(obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = pred - target
    return float(np.sum(weight * d**2) / len(pred)), 2 * weight * d / len(pred)


# wrong: target minus prediction in the gradient
# named: yolo_loss-4
def yolo_loss(pred, target, l_coord=5.0, l_noobj=0.5):
    obj = target[..., :1]
    weight = np.concatenate(
        [
            obj + l_noobj * (1 - obj),
            np.repeat(l_coord * obj, 4, -1),
            np.repeat(obj, pred.shape[-1] - 5, -1),
        ],
        axis=-1,
    )
    d = target - pred
    return float(np.sum(weight * d**2) / len(pred)), 2 * weight * d / len(pred)


# wrong: the last, smaller batch is left out
# named: train-2
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for k in range(len(x) // batch):
            rows = order[k * batch : (k + 1) * batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: the velocities begin at 0 in each epoch
# named: train-3
def train(network, params, x, target, lr, epochs, batch, rng):
    params, losses = list(params), []
    for _ in range(epochs):
        order, seen, v = rng.permutation(len(x)), [], [0.0] * len(params)
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: one order for all epochs
# named: train-5
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    order = rng.permutation(len(x))
    for _ in range(epochs):
        seen = []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: no weight decay
# named: train-6
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * gradient
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: no momentum
# named: train-7
def train(network, params, x, target, lr, epochs, batch, rng):
    params, losses = list(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                params[i] = params[i] - lr * (gradient + 0.0005 * params[i])
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: the caller's arrays are changed by +=
# named: train-4
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] += v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: the loss of the last batch for the whole epoch
# named: train-8
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
        losses.append(float(loss))
    return params, losses


# wrong: the targets are not shuffled along
# named: train-9
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[first : first + batch])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
    return params, losses


# wrong: return inside the loop over epochs
# named: The loop of `train` ends in its
def train(network, params, x, target, lr, epochs, batch, rng):
    params, v, losses = list(params), [0.0] * len(params), []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            pred, backward = network(x[rows], params)
            loss, g = yolo_loss(pred, target[rows])
            for i, gradient in enumerate(backward(g)):
                v[i] = 0.9 * v[i] - lr * (gradient + 0.0005 * params[i])
                params[i] = params[i] + v[i]
            seen.append(loss)
        losses.append(float(np.mean(seen)))
        return params, losses


# wrong: lowest score first
# named: nms-3
def nms(boxes, scores, t=0.5):
    order, kept = np.argsort(scores), []
    overlap = iou(boxes, boxes)
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[overlap[best, order] <= t]
    return np.array(kept, dtype=int)


# wrong: a box is compared with dropped ones too
# named: nms-1
def nms(boxes, scores, t=0.5):
    order = np.argsort(-scores)
    overlap = iou(boxes, boxes)
    kept = []
    for n, i in enumerate(order):
        if all(overlap[i, j] <= t for j in order[:n]):
            kept.append(i)
    return np.array(kept, dtype=int)


# wrong: overlap of exactly t is dropped too
# named: nms-4
def nms(boxes, scores, t=0.5):
    order, kept = np.argsort(-scores), []
    overlap = iou(boxes, boxes)
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[overlap[best, order] < t]
    return np.array(kept, dtype=int)


# wrong: what overlaps is kept
# named: nms-5
def nms(boxes, scores, t=0.5):
    order, kept = np.argsort(-scores), []
    overlap = iou(boxes, boxes)
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[overlap[best, order] > t]
    return np.array(kept, dtype=int)


# wrong: in the order of the boxes
# named: nms-6
def nms(boxes, scores, t=0.5):
    order, kept = np.argsort(-scores), []
    overlap = iou(boxes, boxes)
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[overlap[best, order] <= t]
    return np.array(sorted(kept), dtype=int)


# wrong: places in the sorted list, not the box's own numbers
# named: nms-7
def nms(boxes, scores, t=0.5):
    boxes = boxes[np.argsort(-scores)]
    overlap = iou(boxes, boxes)
    kept = []
    for i in range(len(boxes)):
        if all(overlap[i, k] <= t for k in kept):
            kept.append(i)
    return np.array(kept, dtype=int)


# wrong: a true box can be hit again and again
# named: average_precision-2
def average_precision(found, truth, t=0.5):
    rows = []
    for (boxes, scores), true in zip(found, truth):
        for box, score in zip(boxes, scores):
            best = iou(box[None], true).max() if len(true) else 0
            rows.append((score, best >= t))
    rows.sort(key=lambda r: -r[0])
    hits = np.cumsum([float(h) for _, h in rows])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(b) for b in truth)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


# wrong: the zigzag is not smoothed
# named: average_precision-4
def average_precision(found, truth, t=0.5):
    rows = []
    for k, (boxes, scores) in enumerate(found):
        rows += [(s, k, b) for b, s in zip(boxes, scores)]
    rows.sort(key=lambda r: -r[0])
    free = [list(range(len(b))) for b in truth]
    hits = np.zeros(len(rows))
    for n, (_, k, box) in enumerate(rows):
        if free[k]:
            o = iou(box[None], truth[k][free[k]])[0]
            if o.max() >= t:
                free[k].pop(int(o.argmax()))
                hits[n] = 1
    hits = np.cumsum(hits)
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(b) for b in truth)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


# wrong: the mean of the images' own precisions
# named: average_precision-7
def average_precision(found, truth, t=0.5):
    scores = []
    for (boxes, s), true in zip(found, truth):
        free, hits = list(range(len(true))), []
        for i in np.argsort(-s):
            hit = 0.0
            if free:
                o = iou(boxes[i : i + 1], true[free])[0]
                if o.max() >= t:
                    free.pop(int(o.argmax()))
                    hit = 1.0
            hits.append(hit)
        if not len(true):
            continue
        h = np.cumsum(hits)
        p = h / np.arange(1, len(h) + 1)
        r = h / len(true)
        best = np.maximum.accumulate(p[::-1])[::-1]
        scores.append(np.sum(np.diff(r, prepend=0.0) * best))
    return float(np.mean(scores))


# wrong: divided by the number of hits, not of true boxes
# named: average_precision-5
def average_precision(found, truth, t=0.5):
    rows = []
    for k, (boxes, scores) in enumerate(found):
        rows += [(s, k, b) for b, s in zip(boxes, scores)]
    rows.sort(key=lambda r: -r[0])
    free = [list(range(len(b))) for b in truth]
    hits = np.zeros(len(rows))
    for n, (_, k, box) in enumerate(rows):
        if free[k]:
            o = iou(box[None], truth[k][free[k]])[0]
            if o.max() >= t:
                free[k].pop(int(o.argmax()))
                hits[n] = 1
    hits = np.cumsum(hits)
    if not len(hits) or not hits[-1]:
        return 0.0
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / hits[-1]
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


# wrong: an iou of exactly t is a miss
# named: average_precision-3
def average_precision(found, truth, t=0.5):
    rows = []
    for k, (boxes, scores) in enumerate(found):
        rows += [(s, k, b) for b, s in zip(boxes, scores)]
    rows.sort(key=lambda r: -r[0])
    free = [list(range(len(b))) for b in truth]
    hits = np.zeros(len(rows))
    for n, (_, k, box) in enumerate(rows):
        if free[k]:
            o = iou(box[None], truth[k][free[k]])[0]
            if o.max() > t:
                free[k].pop(int(o.argmax()))
                hits[n] = 1
    hits = np.cumsum(hits)
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(b) for b in truth)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


# wrong: eleven points, as in VOC 2007
# named: average_precision-6
def average_precision(found, truth, t=0.5):
    rows = []
    for k, (boxes, scores) in enumerate(found):
        rows += [(s, k, b) for b, s in zip(boxes, scores)]
    rows.sort(key=lambda r: -r[0])
    free = [list(range(len(b))) for b in truth]
    hits = np.zeros(len(rows))
    for n, (_, k, box) in enumerate(rows):
        if free[k]:
            o = iou(box[None], truth[k][free[k]])[0]
            if o.max() >= t:
                free[k].pop(int(o.argmax()))
                hits[n] = 1
    hits = np.cumsum(hits)
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / sum(len(b) for b in truth)
    points = [precision[recall >= r].max(initial=0.0) for r in np.linspace(0, 1, 11)]
    return float(np.mean(points))
