"""What a stranger sees of a project: numbers, a figure, words, a card, a checkpoint, and a review.

Each program reads what you would publish and says what is wrong with it, in the order in which to
fix it; an empty list is its praise. Colours are texts such as "#0072b2": red, green and blue from
00 to ff.

The names of the parts of two kinds of page, words that promise much, and a page to read are given.
`undergrad check publish` runs your functions, and then looks at your own capstone: whether it runs,
whether it is yours, and whether it can be published.

Letters: N examples.
"""

import itertools
import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
from exercises.build import seed_interval
from exercises.propose import sections

# --- given --------------------------------------------------------------------------------------

# The parts of a page, each with beginnings of words by which its heading can be recognised.
MODEL = {
    "Use": ("use", "intended", "purpose", "zweck"),
    "Out of scope": ("out of scope", "not for", "misuse"),
    "Data": ("data", "daten"),
    "Metric": ("metric", "result", "evaluat", "performance"),
    "Limits": ("limit", "caveat", "bias", "grenzen"),
}
REVIEW = {
    "Strengths": ("strength", "good", "convinc"),
    "Doubts": ("doubt", "weakness", "concern"),
    "Question": ("question", "ask"),
}
STRONG = ("significant", "clear", "prove", "best", "state of the art", "always", "far better")

# What a page said about the network of the unit build, with numbers from real runs.
PAGE = """
# Clothes, in spite of wrong labels

Our network is far better than the baseline: 0.818 against 0.788 (Figure 1).
The robust loss is clearly worth it.

Figure 1: two bars in #e69f00 and #56b4e9, on white. The axis goes from 0.78 to 0.82.

| group | images | accuracy |
|---|---|---|
| upper garments | 400 | 0.708 |
| everything else | 600 | 0.892 |
| all | 1000 | 0.800 |

Details: with images that are flipped, and each loss at its best, the robust loss changes the
accuracy by -0.006 (-0.026 to +0.014).
"""

# --- yours --------------------------------------------------------------------------------------


def lie_factor(first, second, floor):
    """By how much two bars exaggerate a change, when they begin at floor in place of 0.

    The change that the bars show is the difference of their lengths over the length of the first;
    the true change is the difference of the values over the first value. The lie factor is the
    shown change over the true one (Tufte, 1983). 0 < first, second, and first is not second.
    A floor that is not below both values raises ValueError: a bar would have no length.
    Returns: factor, float
    """
    # TODO 1: two relative changes and their ratio
    if floor >= min(first, second):
        raise ValueError("the axis has to begin below both values")
    shown = (second - first) / (first - floor)
    return shown / ((second - first) / first)


def rounded(mean, low, high):
    """A mean with its interval as text, with as many decimals as they deserve.

    So many that half the width of the interval keeps two significant digits: "0.818 (0.797 to
    0.840)", where half the width is 0.0215; "12 (-3 to 27)" without decimals from 10 on. An
    interval without width gets three.
    Returns: text, str
    """
    # TODO 2: where is the first digit of half the width? math.log10 and math.floor
    half = (high - low) / 2
    decimals = max(0, 1 - math.floor(math.log10(half))) if half else 3
    mean, low, high = (f"{each:.{decimals}f}" for each in (mean, low, high))
    return f"{mean} ({low} to {high})"


def seed_table(text):
    """The table of a result in Markdown, one line for each, each ending with a newline.

        | run | score |
        |---|---|
        | seed 0 | 0.811 |
        | seed 1 | 0.822 |
        | mean | 0.816 (0.746 to 0.887) |
        | baseline | 0.788 |

    text: a results.json, with "seeds" {seed: score} and "baseline". The seeds are in rising order
    of their numbers. The mean is `rounded` with its `seed_interval`; all other scores have three
    decimals.
    Returns: table, str
    """
    # TODO 2: read, sort, write
    data = json.loads(text)
    seeds = sorted(data["seeds"].items(), key=lambda each: int(each[0]))
    lines = ["| run | score |", "|---|---|"]
    lines += [f"| seed {seed} | {score:.3f} |" for seed, score in seeds]
    lines.append(f"| mean | {rounded(*seed_interval([score for _, score in seeds]))} |")
    lines.append(f"| baseline | {data['baseline']:.3f} |")
    return "".join(f"{line}\n" for line in lines)


def luminance(colour):
    """How bright a colour looks, from 0 for black to 1 for white.

    colour: "#" and six hexadecimal digits. Each of red, green and blue, as c from 0 to 1, is made
    linear: c / 12.92 up to 0.04045, and ((c + 0.055) / 1.055) ^ 2.4 above. They count 0.2126,
    0.7152 and 0.0722 (WCAG 2.2, "relative luminance").
    Returns: luminance, float
    """
    # TODO 3: three numbers, made linear, then their weighted sum
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast_ratio(first, second):
    """The contrast of two colours, from 1 for equal ones to 21 for black and white.

    The lighter luminance plus 0.05, over the darker one plus 0.05 (WCAG 2.2, "contrast ratio").
    Returns: ratio, float
    """
    # TODO 3: which of them is the lighter one?
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def most_series(ratio):
    """How many colours a figure on white can have so that all of them keep the ratio.

    ratio: the contrast, above 1, that any two colours have at least, and each with the white paper.
    Of any brightness between black and white, as fine as is needed.
    Returns: series, int
    """
    # TODO 4: how often does the ratio fit between black and white?
    series = 0
    while ratio ** (series + 1) <= 21:
        series += 1
    return series


def weakest_pair(colours, paper="#ffffff"):
    """The two colours of a figure that are hardest to tell apart without their hue.

    colours: of the series, in order.   paper: the background, which counts like a colour after the
    last. Of equal pairs, the first in the order of `itertools.combinations` counts.
    Returns: first, str, second, str, ratio, float
    """
    # TODO 4: all pairs, and the one with the smallest contrast
    pairs = itertools.combinations([*colours, paper], 2)
    first, second = min(pairs, key=lambda pair: contrast_ratio(*pair))
    return first, second, contrast_ratio(first, second)


def figure_check(svg):
    """What is wrong with a drawing of Matplotlib's, saved with its text as text.

    svg: a text of XML. Names of elements have the prefix "{http://www.w3.org/2000/svg}".
    Complaints in this order:
    "no alternative text" unless the outermost element has a title, directly inside it, or an
    attribute aria-label, and the text of one of them is more than whitespace;
    "axis 1: no label", for each group whose id begins with "matplotlib.axis_", in the order of the
    document and counted from 1, unless one of the groups directly inside it has an id that begins
    with "text"; the label is all text of the first of these, by `itertext`, without whitespace at
    its ends;
    "axis 1: no unit" where a label has no unit, in brackets at its end, as in "time (s)";
    "#1f77b4 and #2ca02c: contrast 1.2" for every pair of series with less than 3, or of a series
    and the paper "#ffffff", in the order of `weakest_pair`; two series with different dashes are
    told apart by those and are no such pair.
    A series is a group with an id that begins with "line2d", directly inside a group whose id
    begins with "axes". The style of its path has "stroke: #1f77b4", and for dashes
    "stroke-dasharray: 5,2".
    Returns: complaints, list
    """
    # TODO 5: ET.fromstring, then one kind of complaint after the other
    root, complaints = ET.fromstring(svg), []
    groups = list(root.iter(f"{_SVG}g"))
    titles = [each.text or "" for each in root.findall(f"{_SVG}title")]
    if not any(each.strip() for each in (*titles, root.get("aria-label", ""))):
        complaints.append("no alternative text")
    axes = (each for each in groups if each.get("id", "").startswith("matplotlib.axis_"))
    for number, axis in enumerate(axes, start=1):
        inside = [each for each in axis if each.get("id", "").startswith("text")]
        label = "".join(inside[0].itertext()).strip() if inside else ""
        if not label:
            complaints.append(f"axis {number}: no label")
        elif not re.search(r"\(.+\)$", label):
            complaints.append(f"axis {number}: no unit")
    lines = [*_series(groups), ("#ffffff", None)]
    for (first, one), (second, other) in itertools.combinations(lines, 2):
        ratio = contrast_ratio(first, second)
        if ratio < 3 and (one == other or other is None):
            complaints.append(f"{first} and {second}: contrast {ratio:.1f}")
    return complaints


_SVG = "{http://www.w3.org/2000/svg}"  # solution only


def _series(groups):  # solution only
    """(colour, dashes) of each series; "" for a line without dashes."""
    axes = (each for each in groups if each.get("id", "").startswith("axes"))
    lines = (each for group in axes for each in group if each.get("id", "").startswith("line2d"))
    for line in lines:
        style = line.find(f"{_SVG}path").get("style", "")
        dashes = re.search(r"stroke-dasharray: ([^;]*)", style)
        yield re.search(r"stroke: (#\w{6})", style)[1], dashes[1] if dashes else ""


def overclaims(text):
    """The sentences that promise much and show nothing.

    A sentence ends with one of . ! ? before whitespace or the end of the text. It promises much
    when a word of STRONG begins anywhere in it, in capitals or not, and shows something when it has
    a digit. Line ends and other whitespace within a sentence become single spaces.
    Returns: sentences, list
    """
    # TODO 6: split after the marks, then two searches
    sentences = (" ".join(each.split()) for each in re.split(r"(?<=[.!?])\s", text))
    strong = re.compile(rf"\b({'|'.join(STRONG)})", re.IGNORECASE)
    return [each for each in sentences if strong.search(each) and not re.search(r"\d", each)]


def model_card(text):
    """What is missing on the card of a model, in the order of MODEL.

    Of a part, "Use: missing" without a heading, else "Use: too short" with fewer than five words.
    Of the part Metric that is neither, also, in this order: "Metric: no interval" unless two
    numbers have " to " between them, as in "0.80 to 0.83" or "-0.1 to +0.2"; "Metric: no groups"
    unless its table has at least three rows; "Metric: total is wrong" unless the last row is the
    total of the others: the sum of their counts, and the mean of their scores weighted by the
    counts, rounded to as many decimals as that row has.
    The rows of the table are the lines of the form "| name | count | score |", with a whole number
    and one with a decimal point.
    Returns: complaints, list
    """
    # TODO 7: `sections(text, MODEL)`, then the rules for every part, then those for Metric
    parts, complaints = sections(text, MODEL), []
    for name in MODEL:
        part = parts.get(name)
        if part is None:
            complaints.append(f"{name}: missing")
        elif len(part.split()) < 5:
            complaints.append(f"{name}: too short")
        elif name == "Metric":
            complaints += [f"Metric: {each}" for each in _metric_faults(part)]
    return complaints


def _metric_faults(part):  # solution only
    if not re.search(r"\d to [-+]?\.?\d", part):
        yield "no interval"
    row = r"^\|[^|]*\| *(\d+) *\| *(\d*\.\d+) *\|$"
    rows = re.findall(row, part, re.MULTILINE)
    if len(rows) < 3:
        yield "no groups"
        return
    *groups, (total, score) = rows
    counts = [int(n) for n, _ in groups]
    mean = sum(n * float(s) for n, (_, s) in zip(counts, groups, strict=True)) / sum(counts)
    digits = len(score.partition(".")[2])
    if int(total) != sum(counts) or round(mean, digits) != float(score):
        yield "total is wrong"


def reload_check(saved, loaded, predict, X):
    """Why a checkpoint that was loaded again is not the model that was saved.

    saved, loaded: {name: array}.   predict(arrays, X): the outputs of the model with these arrays.
    For each name of either, in the order of the alphabet, the first of: "W: missing" in loaded;
    "W: unknown", since it was never saved; "W: shape (3, 4), not (4, 3)", what was loaded first;
    "W: float16, not float32".
    Without any of these: "outputs are not finite" where one of those of the loaded model is not, or
    "outputs differ by 3e-04", the largest difference in size, if it is above 1e-6.
    Returns: complaints, list
    """
    # TODO 8: names, shapes, kinds of numbers; only then the outputs
    complaints = []
    for name in sorted({*saved, *loaded}):
        if name not in loaded:
            complaints.append(f"{name}: missing")
        elif name not in saved:
            complaints.append(f"{name}: unknown")
        elif loaded[name].shape != saved[name].shape:
            complaints.append(f"{name}: shape {loaded[name].shape}, not {saved[name].shape}")
        elif loaded[name].dtype != saved[name].dtype:
            complaints.append(f"{name}: {loaded[name].dtype}, not {saved[name].dtype}")
    if complaints:
        return complaints
    before, after = predict(saved, X), predict(loaded, X)
    if not np.isfinite(after).all():
        return ["outputs are not finite"]
    gap = float(abs(after - before).max())
    return [f"outputs differ by {gap:.0e}"] if gap > 1e-6 else []


def review_card(text):
    """What is missing in a review of somebody else's page, in the order of REVIEW.

    Of a part without a heading, "Doubts: missing". Strengths and Doubts have two items, which are
    the lines that begin with "- "; otherwise "Doubts: 1, not 2". A question has a question mark and
    says which line it is about, as "line 12" or as "model.py:12"; otherwise "Question: not asked",
    or else "Question: no line".
    Returns: complaints, list
    """
    # TODO 9: `sections(text, REVIEW)`; count items, look for the line
    parts, complaints = sections(text, REVIEW), []
    for name in REVIEW:
        part = parts.get(name)
        if part is None:
            complaints.append(f"{name}: missing")
        elif name != "Question":
            items = sum(line.startswith("- ") for line in part.splitlines())
            complaints += [f"{name}: {items}, not 2"] * (items != 2)
        elif "?" not in part:
            complaints.append("Question: not asked")
        elif not re.search(r"\bline \d|\w\.\w+:\d", part):
            complaints.append("Question: no line")
    return complaints


def reading():
    """The reading: what PAGE shows, and what its own numbers say.

    factor: the lie factor of its bars, from the baseline to the network.
    contrast: of the two bars with each other.
    overall: the accuracy on all images, from those of its groups.
    worth: whether the interval of the robust loss lies above 0.
    Returns: factor, float, contrast, float, overall, float, worth, bool
    """
    # TODO 10: read the numbers above; three of your own functions help
    overall = (400 * 0.708 + 600 * 0.892) / 1000
    colours = contrast_ratio("#e69f00", "#56b4e9")
    return lie_factor(0.788, 0.818, 0.78), colours, overall, False
