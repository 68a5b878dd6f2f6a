"""What is asked of `publish`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Texts are put together from parts in random order, and each fault is planted alone and with others,
so that a rule that is left out or asked in the wrong place shows.
"""

import json

import numpy as np

from undergrad.checker import raises, task


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


# --- 1 and 2: numbers ---------------------------------------------------------------------------


@task(1, "computes by how much bars exaggerate")
def exaggeration(code, rng):
    a, b = (float(each) for each in rng.uniform(0.6, 0.7, size=2))
    cases = ((a, b, 0.5), (b, a, 0.55), (a, b, 0.0), (0.8, 0.9, 0.79), (3.0, 2.0, -1.0))
    return [code.lie_factor(*case) for case in cases]


@task(1, "refuses an axis that begins above a bar", judge=raises(ValueError))
def no_length(code, rng):
    return code.lie_factor(0.9, float(rng.uniform(0.6, 0.7)), 0.75)


@task(1, "refuses a bar without length", judge=raises(ValueError))
def zero_length(code, rng):
    return code.lie_factor(float(rng.uniform(0.6, 0.7)), 0.5, 0.5)


@task(2, "writes as many decimals as the interval deserves")
def decimals(code, rng):
    mean, found = float(rng.uniform(0.4, 0.6)), []
    for half in (0.015, 0.3, 0.0021, 0.099, 1.4, 34.0, 340.0, 0.00012, 7.0):
        found.append(code.rounded(mean, mean - half, mean + half))
    found.append(code.rounded(0.5, 0.5, 0.5))
    found.append(code.rounded(-mean, -mean - 0.02, -mean + 0.07))
    return [*found, code.rounded(1234.5678, 1200.1, 1250.2)]


@task(2, "writes the table of a result", keeps_arguments=True)
def result_table(code, rng):
    found = []
    for seeds, width in (((0, 1, 2), 0.02), ((10, 9, 2, 33), 0.004), ((7, 100), 0.2)):
        order = [seeds[each] for each in rng.permutation(len(seeds))]
        scores = {str(seed): float(rng.uniform(0.7, 0.7 + width)) for seed in order}
        data = {"value": 0.9, "seeds": scores, "baseline": float(rng.uniform(0.5, 0.6))}
        found.append(code.seed_table(json.dumps(data)))
    return found


# --- 3 to 5: the figure -------------------------------------------------------------------------


def colour(rng):
    return "#" + "".join(f"{whole(rng, 0, 255):02x}" for _ in range(3))


@task(3, "computes the luminance of a colour")
def bright(code, rng):
    fixed = ("#000000", "#ffffff", "#0a0b0c", "#ff0000", "#00ff00", "#0000ff", "#767676")
    return [code.luminance(each) for each in (*fixed, *(colour(rng) for _ in range(4)))]


@task(3, "computes the contrast in either order")
def contrasts(code, rng):
    a, b = colour(rng), colour(rng)
    pairs = ((a, b), (b, a), (a, a), ("#000000", "#ffffff"), ("#0072b2", "#d55e00"))
    return [code.contrast_ratio(*pair) for pair in pairs]


@task(4, "counts how many series a ratio allows")
def how_many(code, rng):
    ratios = (3.0, 21.0, 4.5, 2.0, 7.0, 1.5, 22.0, float(rng.uniform(1.1, 1.3)))
    return [code.most_series(ratio) for ratio in ratios]


@task(4, "finds the pair with the smallest contrast, the paper included", keeps_arguments=True)
def weakest(code, rng):
    found = []
    for n in (2, 3, 5, 6):
        found.append(code.weakest_pair([colour(rng) for _ in range(n)]))
    light, dark = ["#112233", "#ffee99", "#775500"], ["#ffffff", "#f4f4f4"]
    found.append(code.weakest_pair(light))
    found.append(code.weakest_pair(light, "#000000"))
    found.append(code.weakest_pair(["#223344", colour(rng), "#223344"]))
    return [*found, code.weakest_pair(dark, paper="#202020")]


def line(number, stroke, dashes=""):
    dash = f"stroke-dasharray: {dashes}; stroke-dashoffset: 0; " if dashes else ""
    style = f"fill: none; {dash}stroke: {stroke}; stroke-width: 1.5"
    return f'<g id="line2d_{number}"><path d="M 0 0 L 9 9" style="{style}"/></g>'


def axis(number, label):
    """An axis with two ticks, whose text is no label, and a label if there is one."""
    side = "xy"[number - 1]
    ticks = "".join(
        f'<g id="{side}tick_{n}"><g id="line2d_{n}"><path style="stroke: #eeeeee"/></g>'
        f'<g id="text_{n}"><text>0.{n} (s)</text></g></g>'
        for n in (1, 2)
    )
    shown = f'<g id="text_3"><text>{label}</text></g>' if label is not None else ""
    return f'<g id="matplotlib.axis_{number}">{ticks}{shown}</g>'


def svg(lines, labels=("step (thousands)", "accuracy (fraction)"), title="What it shows", more=""):
    head = '<svg xmlns="http://www.w3.org/2000/svg" version="1.1"'
    top = f"<title>{title}</title>" if title is not None else ""
    axes = "".join(axis(n, label) for n, label in enumerate(labels, start=1))
    frame = '<g id="patch_2"><path style="fill: #ffffff; stroke: #fafafa"/></g>'
    legend = f'<g id="legend_1">{line(90, "#fefefe")}</g>'
    meta = "<metadata><title>no</title></metadata>"
    inside = f'<g id="axes_1">{frame}{axes}{"".join(lines)}{legend}</g>'
    return f'{head}{more}>{meta}{top}<g id="figure_1">{inside}</g></svg>'


GOOD = ("#0a0a0a", "#8a5a00")


def some_lines(rng):
    order = [GOOD[each] for each in rng.permutation(2)]
    return [line(10 + n, each) for n, each in enumerate(order)]


@task(5, "asks for a text for those who do not see the figure")
def alternative(code, rng):
    lines = some_lines(rng)
    texts = [svg(lines, title=title) for title in ("Accuracy rises", "", "  ", None)]
    texts.append(svg(lines, title=None, more=' aria-label="Accuracy rises"'))
    texts.append(svg(lines, title="", more=' aria-label=" "'))
    texts.append(svg(lines, title=None).replace("<g id=", "<g title='x' id="))
    return [code.figure_check(each) for each in texts]


@task(5, "asks for a label and a unit on each axis")
def labels(code, rng):
    lines, found = some_lines(rng), []
    good, none, bare = "loss (nats)", None, "loss"
    for pair in (
        (good, good), (none, good), (good, none), (none, none), (bare, good), (good, bare),
        ("  ", bare), ("time (s) of all", "  time (s)\n"), ("()", "f(x) (1)"),
    ):  # fmt: skip
        found.append(code.figure_check(svg(lines, labels=pair)))
    power = svg(lines, labels=(good, "loss")).replace(
        "</text></g></g><g id", '</text></g><g id="text_8"><text>1e7 (x)</text></g></g><g id'
    )
    found.append(code.figure_check(power))
    split = svg(lines, labels=("time <tspan>(s)</tspan>", good))
    return [*found, code.figure_check(split)]


@task(5, "looks for series that cannot be told apart without their hue")
def told_apart(code, rng):
    strokes = ["#1f77b4", "#2ca02c", "#d62728", "#111111"]
    order = [strokes[each] for each in rng.permutation(4)]
    plain = [line(10 + n, each) for n, each in enumerate(order)]
    dashed = [line(10 + n, each, "5.55,2.4" * (n % 2)) for n, each in enumerate(order)]
    other = [line(4, "#1f77b4", "1,2"), line(5, "#2ca02c", "5,2"), line(6, "#d62728", "1,2")]
    light = [line(7, "#f0e442", "5,2"), line(8, "#222222")]
    cases = (plain, dashed, other, light, [], [line(9, "#949494")], [line(9, "#959595")])
    return [code.figure_check(svg(each)) for each in cases]


@task(5, "lists all complaints in order")
def everything(code, rng):
    lines = [line(3, "#8888ff"), line(4, "#ff8888")]
    second = svg(lines, labels=(None, "loss"), title=None)
    return code.figure_check(second), code.figure_check(svg(lines, labels=(), title=" "))


# --- 6 and 7: words -----------------------------------------------------------------------------


@task(6, "finds the sentences that promise without a number")
def promises(code, rng):
    n = whole(rng, 2, 99)
    parts = [
        "Our network is clearly better than the baseline.",
        f"It is significantly better, by {n} points.",
        "The gain is SIGNIFICANT!",
        f"On average it has 0.{n}. That proves that\n  it works.",
        "Is it the best? We do not know.",
        "We asked an unclear question, insignificant as it was.",
        "Nobody is always right",
        "It has 3.5 million parameters, far better than before.",
        f"The loss fell by 0.{n} in each of them.",
        "State of the art.It goes on here.\n\nA new paragraph, the best\n\nof all.",
    ]
    found = [code.overclaims(each) for each in parts]
    for _ in range(3):
        text = " ".join(parts[each] for each in rng.permutation(len(parts)))
        found.append(code.overclaims(text))
    return [*found, code.overclaims("")]


CARD = {
    "Use": "To sort photographs of clothes in one shop.",
    "Out of scope": "Photographs of people, and anything that is no garment.",
    "Data": "4,000 images of which 40% have wrong labels.",
    "Metric": "Accuracy 0.818, and over images 0.797 to 0.840.",
    "Limits": "Other shops and larger images were not tried.",
}
HEADINGS = {
    "Use": ("Intended use", "Use", "PURPOSE"),
    "Out of scope": ("Out of scope", "Not for", "Misuse"),
    "Data": ("Training data", "Data", "Daten"),
    "Metric": ("Metric", "Results by group", "3. Evaluation"),
    "Limits": ("Limits", "Caveats", "Known biases"),
}


def rows(groups, total):
    body = "".join(f"| {name} | {n} | {score} |\n" for name, n, score in (*groups, total))
    return f"\n\n| group | images | accuracy |\n|---|---|---|\n{body}"


def card(rng, drop=(), **changed):
    order = [name for name in (list(CARD)[each] for each in rng.permutation(5)) if name not in drop]
    parts = {**CARD, **{name.replace("_", " "): text for name, text in changed.items()}}
    chosen = {name: HEADINGS[name][whole(rng, 0, 2)] for name in order}
    return "# A card\n\n" + "\n\n".join(f"## {chosen[name]}\n\n{parts[name]}" for name in order)


def groups(rng, shift=0.0, more=0, digits=3, sizes=2):
    """Groups of different size, and their total, which may be wrong."""
    found = [
        (
            f"group {n}",
            whole(rng, 10, 90) * (1 + 9 * (n % 2)),
            round(float(rng.uniform(0.5, 0.9)), 3),
        )
        for n in range(sizes)
    ]
    total = sum(n for _, n, _ in found)
    mean = sum(n * score for _, n, score in found) / total
    shown = [(name, n, f"{score:.3f}") for name, n, score in found]
    return rows(shown, ("all", total + more, f"{mean + shift:.{digits}f}"))


def metric(rng, table, interval="0.797 to 0.840"):
    return f"Accuracy of 0.818 over five seeds, {interval}.{table}"


@task(7, "names the parts that are missing or too short")
def parts(code, rng):
    full = metric(rng, groups(rng))
    some = [list(CARD)[each] for each in rng.permutation(5)[:2]]
    texts = (
        card(rng, Metric=full),
        card(rng, drop=some, Metric=full),
        card(rng, Metric="Accuracy, 0.8 to 0.9"),
        card(rng, Metric=full, Limits="None that we know", Use="To learn from it, mainly."),
        "",
    )
    return [code.model_card(each) for each in texts]


@task(7, "asks for an interval and for groups")
def intervals(code, rng):
    table, found = groups(rng), []
    for shown in ("-0.1 to +0.2", "0.8 and 0.9", "1 to .5", "from low to high", "0.8 to0.9"):
        found.append(code.model_card(card(rng, Metric=metric(rng, table, shown))))
    for body in ("", groups(rng, sizes=1), table.replace("|\n", "| |\n")):
        found.append(code.model_card(card(rng, Metric=metric(rng, body))))
    limits = CARD["Limits"] + table
    return [*found, code.model_card(card(rng, Metric=metric(rng, "", "none"), Limits=limits))]


@task(7, "computes the total of the groups, weighted by their size")
def totals(code, rng):
    found = []
    for options in (
        {"sizes": 4}, {"digits": 2}, {"digits": 1, "sizes": 3}, {"shift": 0.002}, {"shift": -0.002},
        {"more": 1}, {"more": -1, "sizes": 3}, {"shift": 0.02, "digits": 2}, {"digits": 4},
    ):  # fmt: skip
        found.append(code.model_card(card(rng, Metric=metric(rng, groups(rng, **options)))))
    plain = rows([("a", 10, "0.500"), ("b", 90, "0.900")], ("all", 100, "0.700"))
    near = rows([("a", 10, "0.504"), ("b", 90, "0.900")], ("all", 100, "0.861"))
    last = rows([("all", 100, "0.860"), ("a", 10, "0.500")], ("b", 90, "0.900"))
    wide = rows([("a", 3, ".250"), ("b  ", 1, "0.750")], (" all", 4, "0.375")).replace(
        "| 3 |", "|3|"
    )
    return [
        *found,
        *(code.model_card(card(rng, Metric=metric(rng, t))) for t in (plain, near, last, wide)),
    ]


# --- 8 to 10: the checkpoint, a review, and the reading -----------------------------------------


def network(rng):
    return {
        name: rng.normal(size=shape).astype(np.float32)
        for name, shape in (("W1", (4, 3)), ("b1", (3,)), ("W2", (3, 2)), ("b2", (2,)))
    }


def outputs(arrays, X):
    return np.tanh(X @ arrays["W1"] + arrays["b1"]) @ arrays["W2"] + arrays["b2"]


@task(8, "accepts the same model, and compares outputs by size", keeps_arguments=True)
def reloaded(code, rng):
    saved, X = network(rng), rng.normal(size=(7, 4)).astype(np.float32)
    found = [code.reload_check(saved, dict(reversed(saved.items())), outputs, X)]
    for change, scale in ((3e-4, 1), (-2.0, 1), (3e-4, 1e-3), (-4e-5, 1)):
        loaded = {**saved, "b2": (saved["b2"] + np.float32([change, 0])).astype(np.float32)}
        found.append(
            code.reload_check(saved, loaded, lambda a, X, k=scale: 1 + k * a["b2"].astype(float), X)
        )
    for bad in (np.nan, np.inf):
        loaded = {**saved, "W1": saved["W1"].copy()}
        loaded["W1"][2, 1] = bad
        found.append(code.reload_check(saved, loaded, lambda a, X: X @ a["W1"], X))
    return found


@task(8, "names arrays that are missing, unknown, or of another form", keeps_arguments=True)
def other_arrays(code, rng):
    saved, X = network(rng), rng.normal(size=(5, 4))
    without = {name: saved[name] for name in ("W2", "W1", "b2")}
    cases = (
        without,
        {**saved, "V": saved["W1"], "c": saved["b1"]},
        {**saved, "W1": saved["W1"].T.copy()},
        {**saved, "W2": saved["W2"].astype(np.float16), "b1": saved["b1"].astype(np.float64)},
        {**without, "A": saved["b1"], "W1": saved["W1"][:2].astype(np.float16)},
    )
    return [code.reload_check(saved, each, outputs, X) for each in cases]


REVIEWS = {
    "Strengths": "- The split is fixed by its hash.\n- Both baselines are tuned.",
    "Doubts": "- One of three seeds is far off.\n- The groups are small.",
    "Question": "Why is the test set read in line 12 of train.py?",
}
TITLES = {
    "Strengths": ("Strengths", "What is good", "What convinced me"),
    "Doubts": ("Doubts", "Weaknesses", "My concerns"),
    "Question": ("Question", "What I would ask", "1 QUESTION"),
}


def review(rng, drop="", **changed):
    parts = {**REVIEWS, **changed}
    order = [list(parts)[each] for each in rng.permutation(3)]
    return "\n\n".join(
        f"### {TITLES[name][whole(rng, 0, 2)]}\n\n{parts[name]}" for name in order if name != drop
    )


@task(9, "counts strengths and doubts")
def items(code, rng):
    texts = [review(rng)]
    texts += [review(rng, drop=name) for name in REVIEWS]
    one, three = "- Only this one.\n-no item\n* nor this", "- a\n- b\n\n- c"
    texts += [review(rng, Strengths=one), review(rng, Doubts=three), review(rng, Doubts="Many.")]
    return [code.review_card(each) for each in (*texts, "")]


@task(9, "wants a question about a line")
def questions(code, rng):
    n, found = whole(rng, 1, 300), []
    for asked in (
        f"Is line {n} right?", f"Is model.py:{n} right?", f"I wonder about line {n}.",
        "Is it right?", "Is that line right?", f"Are {n} lines enough?", f"At 10:{n}?", "No.",
        f"Is outline {n} meant?", f"tests/test_model.py:{n} - does it run?",
    ):  # fmt: skip
        found.append(code.review_card(review(rng, Question=asked)))
    return found


@task(10, "reads the page")
def read(code, rng):
    return code.reading()
