# right: the algebra done by hand
def lie_factor(first, second, floor):
    if not floor < min(first, second):
        raise ValueError("no length")
    return first / (first - floor)


# right: lengths first
def lie_factor(first, second, floor):
    a, b = first - floor, second - floor
    if a <= 0 or b <= 0:
        raise ValueError("bars need a length")
    return ((b - a) / a) * first / (second - first)


# right: tries decimals until the half width has two digits
def rounded(mean, low, high):
    half = (high - low) / 2
    d = 3
    if half > 0:
        d = 0
        while half * 10**d < 10 and d < 30:
            d += 1
    return "{:.{d}f} ({:.{d}f} to {:.{d}f})".format(mean, low, high, d=d)


# right: one text
def seed_table(text):
    data = json.loads(text)
    table = "| run | score |\n|---|---|\n"
    for number in sorted(map(int, data["seeds"])):
        table += "| seed %d | %.3f |\n" % (number, data["seeds"][str(number)])
    mean, low, high = seed_interval(list(data["seeds"].values()))
    table += "| mean | " + rounded(mean, low, high) + " |\n"
    return table + "| baseline | %.3f |\n" % data["baseline"]


# right: bytes and NumPy
def luminance(colour):
    c = np.frombuffer(bytes.fromhex(colour[1:]), dtype=np.uint8) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


# right: the older threshold, which no colour of 8 bits tells apart
def luminance(colour):
    value = 0.0
    number = int(colour.lstrip("#"), 16)
    for shift, weight in ((16, 0.2126), (8, 0.7152), (0, 0.0722)):
        c = (number >> shift & 255) / 255.0
        value += weight * (c / 12.92 if c <= 0.03928 else math.pow((c + 0.055) / 1.055, 2.4))
    return value


# right: max and min
def contrast_ratio(first, second):
    a, b = luminance(first), luminance(second)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


# right: logarithms
def most_series(ratio):
    return math.floor(math.log(21, ratio))


# right: two loops
def weakest_pair(colours, paper="#ffffff"):
    everything = list(colours) + [paper]
    best = None
    for i in range(len(everything)):
        for j in range(i + 1, len(everything)):
            ratio = contrast_ratio(everything[i], everything[j])
            if best is None or ratio < best[2]:
                best = (everything[i], everything[j], ratio)
    return best


# right: small helpers inside
def figure_check(svg):
    space = "{http://www.w3.org/2000/svg}"
    root = ET.fromstring(svg)
    found = []

    def named(element, start):
        return element.tag == space + "g" and (element.get("id") or "").startswith(start)

    title = root.find(space + "title")
    text = (title.text if title is not None else "") or ""
    if not (text.strip() or (root.get("aria-label") or "").strip()):
        found.append("no alternative text")
    number = 0
    for group in root.iter(space + "g"):
        if not named(group, "matplotlib.axis_"):
            continue
        number += 1
        label = ""
        for child in group:
            if named(child, "text"):
                label = "".join(child.itertext()).strip()
                break
        if label == "":
            found.append(f"axis {number}: no label")
        elif not (label.endswith(")") and "(" in label and not label.endswith("()")):
            found.append(f"axis {number}: no unit")
    series = []
    for group in root.iter(space + "g"):
        if named(group, "axes"):
            for child in group:
                if named(child, "line2d"):
                    style = dict(
                        each.strip().split(": ", 1)
                        for each in child[0].get("style").split(";")
                        if each.strip()
                    )
                    series.append((style["stroke"], style.get("stroke-dasharray")))
    for i, (a, dash) in enumerate(series):
        for b, other in series[i + 1 :]:
            r = contrast_ratio(a, b)
            if r < 3 and dash == other:
                found.append("%s and %s: contrast %.1f" % (a, b, r))
        r = contrast_ratio(a, "#ffffff")
        if r < 3:
            found.append("%s and #ffffff: contrast %.1f" % (a, r))
    return found


# right: findall with everything up to a mark
def overclaims(text):
    found = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        sentence = re.sub(r"\s+", " ", sentence).strip()
        words = any(re.search(r"\b" + re.escape(word), sentence, re.I) for word in STRONG)
        if words and not any(each.isdigit() for each in sentence):
            found.append(sentence)
    return found


# right: one rule after the other
def model_card(text):
    found = sections(text, MODEL)
    out = []
    for name in MODEL:
        if name not in found:
            out.append(name + ": missing")
            continue
        body = found[name]
        if len(re.findall(r"\S+", body)) < 5:
            out.append(name + ": too short")
            continue
        if name != "Metric":
            continue
        if re.search(r"\d to [+-]?\.?\d", body) is None:
            out.append("Metric: no interval")
        table = []
        for line in body.splitlines():
            m = re.fullmatch(r"\|[^|]*\|\s*(\d+)\s*\|\s*(\d*\.\d+)\s*\|", line)
            if m:
                table.append((int(m[1]), m[2]))
        if len(table) < 3:
            out.append("Metric: no groups")
            continue
        n = np.array([each for each, _ in table[:-1]])
        scores = np.array([float(each) for _, each in table[:-1]])
        d = len(table[-1][1].split(".")[1])
        same = abs(np.average(scores, weights=n) - float(table[-1][1])) < 0.5 * 10**-d + 1e-12
        if n.sum() != table[-1][0] or not same:
            out.append("Metric: total is wrong")
    return out


# right: allclose at the end
def reload_check(saved, loaded, predict, X):
    out = []
    for name in sorted(set(saved) | set(loaded)):
        a, b = saved.get(name), loaded.get(name)
        if b is None:
            out.append(name + ": missing")
        elif a is None:
            out.append(name + ": unknown")
        elif a.shape != b.shape:
            out.append(f"{name}: shape {b.shape}, not {a.shape}")
        elif a.dtype != b.dtype:
            out.append(f"{name}: {b.dtype}, not {a.dtype}")
    if not out:
        old, new = np.asarray(predict(saved, X)), np.asarray(predict(loaded, X))
        if np.isnan(new).any() or np.isinf(new).any():
            out = ["outputs are not finite"]
        elif np.max(np.abs(new - old)) > 1e-6:
            out = ["outputs differ by {:.0e}".format(np.max(np.abs(new - old)))]
    return out


# right: findall for the items
def review_card(text):
    found, out = sections(text, REVIEW), []
    for name in ("Strengths", "Doubts"):
        if name not in found:
            out.append(f"{name}: missing")
            continue
        n = len(re.findall(r"^- ", found[name], re.M))
        if n != 2:
            out.append(f"{name}: {n}, not 2")
    question = found.get("Question")
    if question is None:
        out.append("Question: missing")
    elif question.count("?") == 0:
        out.append("Question: not asked")
    elif not (re.search(r"\bline \d+", question) or re.search(r"\w+\.\w+:\d+", question)):
        out.append("Question: no line")
    return out


# right: computes everything
def reading():
    groups = ((400, 0.708), (600, 0.892))
    overall = sum(n * a for n, a in groups) / sum(n for n, _ in groups)
    return 0.788 / (0.788 - 0.78), contrast_ratio("#56b4e9", "#e69f00"), overall, -0.026 > 0


# wrong: the ratio of the lengths over the ratio of the values
def lie_factor(first, second, floor):
    if floor >= min(first, second):
        raise ValueError("no length")
    return ((second - floor) / (first - floor)) / (second / first)


# wrong: the shown change alone
# named: lie_factor-1
def lie_factor(first, second, floor):
    if floor >= min(first, second):
        raise ValueError("no length")
    return (second - first) / (first - floor)


# wrong: asks only the first bar
# named: lie_factor-4
def lie_factor(first, second, floor):
    if floor >= first:
        raise ValueError("no length")
    return first / (first - floor)


# wrong: always three decimals
def rounded(mean, low, high):
    return f"{mean:.3f} ({low:.3f} to {high:.3f})"


# wrong: one digit of the half width
# named: rounded-1
def rounded(mean, low, high):
    half = (high - low) / 2
    d = 3 if half == 0 else max(0, -math.floor(math.log10(half)))
    return f"{mean:.{d}f} ({low:.{d}f} to {high:.{d}f})"


# wrong: two significant digits of each number
def rounded(mean, low, high):
    return f"{mean:.2g} ({low:.2g} to {high:.2g})"


# wrong: round drops zeros at the end
def rounded(mean, low, high):
    half = (high - low) / 2
    d = 3 if half == 0 else max(0, 1 - math.floor(math.log10(half)))
    return f"{round(mean, d)} ({round(low, d)} to {round(high, d)})"


# wrong: seeds as texts
# named: seed_table-1
def seed_table(text):
    data = json.loads(text)
    out = ["| run | score |", "|---|---|"]
    for seed in sorted(data["seeds"]):
        out.append(f"| seed {seed} | {data['seeds'][seed]:.3f} |")
    out.append(f"| mean | {rounded(*seed_interval(list(data['seeds'].values())))} |")
    out.append(f"| baseline | {data['baseline']:.3f} |")
    return "\n".join(out) + "\n"


# wrong: the value of the file, and no interval
def seed_table(text):
    data = json.loads(text)
    out = ["| run | score |", "|---|---|"]
    for seed in sorted(data["seeds"], key=int):
        out.append(f"| seed {seed} | {data['seeds'][seed]:.3f} |")
    out.append(f"| mean | {data['value']:.3f} |")
    out.append(f"| baseline | {data['baseline']:.3f} |")
    return "\n".join(out) + "\n"


# wrong: brightness as a mean
# named: luminance-7
def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts) / 3


# wrong: weights without making linear
# named: luminance-1
def luminance(colour):
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


# wrong: a plain power
def luminance(colour):
    r, g, b = ((int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


# wrong: the order decides
# named: contrast_ratio-2
def contrast_ratio(first, second):
    return (luminance(first) + 0.05) / (luminance(second) + 0.05)


# wrong: a difference
# named: contrast_ratio-3
def contrast_ratio(first, second):
    return abs(luminance(first) - luminance(second))


# wrong: the paper is one of them
# named: most_series-1
def most_series(ratio):
    n = 1
    while ratio**n <= 21:
        n += 1
    return n


# wrong: sums
# named: most_series-2
def most_series(ratio):
    return int(21 // ratio)


# wrong: without the paper
# named: weakest_pair-1
def weakest_pair(colours, paper="#ffffff"):
    a, b = min(itertools.combinations(colours, 2), key=lambda p: contrast_ratio(p[0], p[1]))
    return a, b, contrast_ratio(a, b)


# wrong: neighbours by brightness, in the order of brightness
def weakest_pair(colours, paper="#ffffff"):
    order = sorted([*colours, paper], key=luminance)
    a, b = min(zip(order, order[1:]), key=lambda p: contrast_ratio(*p))
    return a, b, contrast_ratio(a, b)


# wrong: any title
# named: figure_check-1
def figure_check(svg):
    space = "{http://www.w3.org/2000/svg}"
    root, found = ET.fromstring(svg), []
    titles = [(each.text or "").strip() for each in root.iter(space + "title")]
    if not any(titles) and not root.get("aria-label", "").strip():
        found.append("no alternative text")
    n, series = 0, []
    for group in root.iter(space + "g"):
        if group.get("id", "").startswith("matplotlib.axis_"):
            n += 1
            texts = [each for each in group if each.get("id", "").startswith("text")]
            label = "".join(texts[0].itertext()).strip() if texts else ""
            if not label:
                found.append(f"axis {n}: no label")
            elif not re.search(r"\([^)]+\)$", label):
                found.append(f"axis {n}: no unit")
        if group.get("id", "").startswith("axes"):
            for each in group:
                if each.get("id", "").startswith("line2d"):
                    style = each[0].get("style")
                    dash = re.search(r"stroke-dasharray: ([^;]+)", style)
                    series.append((re.search(r"stroke: (#\w+)", style)[1], dash and dash[1]))
    for (a, x), (b, y) in itertools.combinations([*series, ("#ffffff", "paper")], 2):
        if contrast_ratio(a, b) < 3 and (x == y or y == "paper"):
            found.append(f"{a} and {b}: contrast {contrast_ratio(a, b):.1f}")
    return found


# wrong: regular expressions on the whole text
def figure_check(svg):
    found = []
    if "<title>" not in svg and "aria-label" not in svg:
        found.append("no alternative text")
    labels = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    for n, label in enumerate(labels[-2:], start=1):
        if "(" not in label:
            found.append(f"axis {n}: no unit")
    colours = re.findall(r"stroke: (#\w{6})", svg)
    for a, b in itertools.combinations([*colours, "#ffffff"], 2):
        if contrast_ratio(a, b) < 3:
            found.append(f"{a} and {b}: contrast {contrast_ratio(a, b):.1f}")
    return found


# wrong: every line is a sentence
# named: overclaims-2
def overclaims(text):
    out = []
    for line in text.split("\n"):
        line = " ".join(line.split())
        if re.search(r"\b(" + "|".join(STRONG) + ")", line, re.I) and not re.search(r"\d", line):
            out.append(line)
    return out


# wrong: split at every point
# named: overclaims-1
def overclaims(text):
    out = []
    for each in re.split(r"(?<=[.!?])", text):
        each = " ".join(each.split())
        if re.search(r"\b(" + "|".join(STRONG) + ")", each, re.I) and not re.search(r"\d", each):
            out.append(each)
    return out


# wrong: words anywhere
# named: overclaims-4
def overclaims(text):
    out = []
    for each in re.split(r"(?<=[.!?])\s", text):
        each = " ".join(each.split())
        if any(word in each.lower() for word in STRONG) and not re.search(r"\d", each):
            out.append(each)
    return out


# wrong: whole words
# named: overclaims-5
def overclaims(text):
    pattern = re.compile(r"\b(" + "|".join(STRONG) + r")\b", re.I)
    sentences = [" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s", text)]
    return [each for each in sentences if pattern.search(each) and not re.search(r"\d", each)]


# wrong: the plain mean of the groups
# named: model_card-6
def model_card(text):
    found, out = sections(text, MODEL), []
    for name in MODEL:
        body = found.get(name)
        if body is None:
            out.append(f"{name}: missing")
        elif len(body.split()) < 5:
            out.append(f"{name}: too short")
        elif name == "Metric":
            if not re.search(r"\d to [-+]?\.?\d", body):
                out.append("Metric: no interval")
            t = re.findall(r"^\|[^|]*\| *(\d+) *\| *(\d*\.\d+) *\|$", body, re.M)
            if len(t) < 3:
                out.append("Metric: no groups")
                continue
            mean = np.mean([float(s) for _, s in t[:-1]])
            half = 0.5 / 10 ** len(t[-1][1].split(".")[1]) + 1e-12
            if (
                sum(int(n) for n, _ in t[:-1]) != int(t[-1][0])
                or abs(mean - float(t[-1][1])) > half
            ):
                out.append("Metric: total is wrong")
    return out


# wrong: nothing about the total
def model_card(text):
    found, out = sections(text, MODEL), []
    for name in MODEL:
        body = found.get(name)
        if body is None:
            out.append(f"{name}: missing")
        elif len(body.split()) < 5:
            out.append(f"{name}: too short")
        elif name == "Metric":
            if not re.search(r"\d to [-+]?\.?\d", body):
                out.append("Metric: no interval")
            if len(re.findall(r"^\|[^|]*\| *(\d+) *\| *(\d*\.\d+) *\|$", body, re.M)) < 3:
                out.append("Metric: no groups")
    return out


# wrong: only what is missing
def model_card(text):
    return [f"{name}: missing" for name in MODEL if name not in sections(text, MODEL)]


# wrong: outputs alone
def reload_check(saved, loaded, predict, X):
    try:
        gap = float(np.abs(predict(saved, X) - predict(loaded, X)).max())
    except Exception:
        return ["outputs are not finite"]
    return [f"outputs differ by {gap:.0e}"] if gap > 1e-6 else []


# wrong: NaN passes
# named: reload_check-5
def reload_check(saved, loaded, predict, X):
    out = []
    for name in sorted(set(saved) | set(loaded)):
        if name not in loaded:
            out.append(f"{name}: missing")
        elif name not in saved:
            out.append(f"{name}: unknown")
        elif saved[name].shape != loaded[name].shape:
            out.append(f"{name}: shape {loaded[name].shape}, not {saved[name].shape}")
        elif saved[name].dtype != loaded[name].dtype:
            out.append(f"{name}: {loaded[name].dtype}, not {saved[name].dtype}")
    if out:
        return out
    gap = np.abs(predict(saved, X) - predict(loaded, X)).max()
    return [f"outputs differ by {gap:.0e}"] if gap > 1e-6 else []


# wrong: no kinds of numbers
# named: reload_check-3
def reload_check(saved, loaded, predict, X):
    out = []
    for name in sorted(set(saved) | set(loaded)):
        if name not in loaded:
            out.append(f"{name}: missing")
        elif name not in saved:
            out.append(f"{name}: unknown")
        elif saved[name].shape != loaded[name].shape:
            out.append(f"{name}: shape {loaded[name].shape}, not {saved[name].shape}")
    if out:
        return out
    old, new = predict(saved, X), predict(loaded, X)
    if not np.isfinite(new).all():
        return ["outputs are not finite"]
    gap = np.abs(old - new).max()
    return [f"outputs differ by {gap:.0e}"] if gap > 1e-6 else []


# wrong: at least two
# named: review_card-1
def review_card(text):
    found, out = sections(text, REVIEW), []
    for name in REVIEW:
        if name not in found:
            out.append(f"{name}: missing")
        elif name == "Question":
            if "?" not in found[name]:
                out.append("Question: not asked")
            elif not re.search(r"\bline \d|\w\.\w+:\d", found[name]):
                out.append("Question: no line")
        else:
            n = sum(each.startswith("- ") for each in found[name].split("\n"))
            if n < 2:
                out.append(f"{name}: {n}, not 2")
    return out


# wrong: any number is a line
# named: review_card-5
def review_card(text):
    found, out = sections(text, REVIEW), []
    for name in REVIEW:
        if name not in found:
            out.append(f"{name}: missing")
        elif name == "Question":
            if "?" not in found[name]:
                out.append("Question: not asked")
            elif not re.search(r"\d", found[name]):
                out.append("Question: no line")
        else:
            n = sum(each.startswith("- ") for each in found[name].split("\n"))
            if n != 2:
                out.append(f"{name}: {n}, not 2")
    return out
