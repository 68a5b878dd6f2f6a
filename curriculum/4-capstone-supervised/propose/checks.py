"""What is asked of `propose`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Classes are of very different size and one may be absent; the two accuracies differ, and so do the
sides of an interval, so that a swapped side or a wrong count shows.
"""

import numpy as np

from undergrad.checker import raises, task, within


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def labels(rng, n, chances):
    return rng.choice(len(chances), size=n, p=chances)


def blobs(rng, n, centres):
    """n examples around the centres of their classes, and their labels; every class occurs."""
    K, D = centres.shape
    y = np.concatenate([np.arange(K), rng.integers(K, size=n - K)])
    return centres[y] + rng.normal(size=(n, D)), y


# --- 1 and 2: two baselines ---------------------------------------------------------------------


@task(1, "gives every item the answer that was most frequent in training", keeps_arguments=True)
def most_frequent(code, rng):
    train = np.concatenate([[1], labels(rng, 40, (0.1, 0.2, 0.7)), [2, 2]])
    y = np.concatenate([labels(rng, 30, (0.7, 0.1, 0.2)), [0, 0, 2]])
    tie = np.concatenate([[0], rng.permutation([1, 1, 3, 3])])
    tied = code.majority_accuracy(tie, np.array([1, 1, 1, 3, 3, 0]))
    return code.majority_accuracy(train, y), tied


@task(1, "averages the accuracies of the classes that occur", keeps_arguments=True)
def balanced(code, rng):
    y = rng.permutation(np.concatenate([labels(rng, 40, (0.9, 0.1, 0, 0)), [1, 3, 3]]))
    predicted = np.where(rng.random(len(y)) < 0.6, y, rng.integers(4, size=len(y)))
    always = np.full(len(y), 0)
    return code.balanced_accuracy(y, predicted), code.balanced_accuracy(y, always)


@task(2, "trains a softmax regression with a penalty on the weights", keeps_arguments=True)
def trained(code, rng):
    X, y = blobs(rng, 11, rng.normal(size=(3, 4)))
    runs = [code.fit_softmax(X, y, 3, l2, 0.3, steps) for l2, steps in ((0, 1), (0.7, 3), (0.2, 9))]
    return [*runs, code.fit_softmax(X, y, 5, 0.1, 0.2, 4)]


@task(2, "survives large features", keeps_arguments=True)
def large(code, rng):
    X, y = blobs(rng, 8, 300 * rng.normal(size=(2, 3)))
    return code.fit_softmax(X, y, 2, 0.0, 1.0, 4)


@task(2, "chooses the penalty on the validation set, the largest of the best", keeps_arguments=True)
def chosen(code, rng):
    found = []
    for _ in range(5):
        centres = 1.5 + rng.normal(size=(3, 4))
        train, validation = blobs(rng, 8, centres), blobs(rng, 60, centres)
        grid = [float(each) for each in rng.permutation([3.0, 0.0, 0.3, 0.03])]
        found.append(code.tuned_baseline(train, validation, 3, grid, 0.5, 12))
    far = 20 * np.eye(3)
    found.append(code.tuned_baseline(blobs(rng, 9, far), blobs(rng, 9, far), 3, [0, 0.1], 0.1, 30))
    return found


# --- 3 to 9: how sure? --------------------------------------------------------------------------


@task(3, "resamples the items and cuts off both sides", keeps_arguments=True)
def resampled(code, rng):
    seed = whole(rng, 0, 10_000)
    right = (rng.random(50) < 0.8).astype(float)
    losses = rng.exponential(size=30)
    return [
        code.bootstrap_interval(scores, np.random.default_rng(seed), draws, level)
        for scores, draws, level in ((right, 200, 0.95), (losses, 150, 0.8), (losses, 300, 0.5))
    ]


@task(3, "uses 2,000 resamples and a level of 0.95 unless told otherwise", keeps_arguments=True)
def defaults(code, rng):
    seed = whole(rng, 0, 10_000)
    return code.bootstrap_interval(rng.exponential(size=20), np.random.default_rng(seed))


def two_accuracies(rng):
    """Accuracies of two models, and the proportion of items with both right, all possible."""
    cells = rng.dirichlet((6, 1.5, 3, 2))
    return float(cells[0] + cells[1]), float(cells[0] + cells[2]), float(cells[0])


@task(4, "derives the moments of a difference from the proportions")
def moments(code, rng):
    equal = float(rng.uniform(0.5, 0.9))
    cases = [*(two_accuracies(rng) for _ in range(4)), (equal, equal, equal), (equal, 1.0, equal)]
    return [code.difference_moments(*case) for case in cases]


@task(5, "computes the items for models with items of their own")
def unpaired(code, rng):
    p = float(rng.uniform(0.5, 0.8))
    found = [code.items_needed(p, delta) for delta in (0.03, 0.1, -0.05)]
    return [*found, code.items_needed(p, 0.05, 0.9), code.items_needed(p, 0.05, 0.8, 0.01)]


@task(5, "needs fewer items when both models are right on the same ones")
def paired(code, rng):
    p = float(rng.uniform(0.6, 0.8))
    corrs = (0.3, 0.6, -0.2)
    found = [code.items_needed(p, 0.06, paired_corr=corr) for corr in corrs]
    return [*found, code.items_needed(p, 0.04, 0.95, 0.02, 0.5)]


@task(5, "says that a difference of 0 cannot be shown", judge=raises(ValueError))
def nothing_to_show(code, rng):
    return code.items_needed(float(rng.uniform(0.5, 0.9)), 0.0)


@task(5, "reaches its power, as a simulation shows", judge=within(0.77, 0.83))
def reaches_power(code, rng):
    p, delta, corr = float(rng.uniform(0.6, 0.8)), 0.03, float(rng.uniform(0, 0.5))
    n, q = code.items_needed(p, delta, paired_corr=corr), p + delta
    both = p * q + corr * np.sqrt(p * (1 - p) * q * (1 - q))
    counts = rng.multinomial(n, [both, p - both, q - both, 1 - p - q + both], size=20_000)
    b, c = counts[:, 1], counts[:, 2]
    return float(np.mean(np.abs(c - b) > 1.96 * np.sqrt(b + c)))


@task(6, "simulates tests and counts how many find the difference")
def simulated(code, rng):
    seed, found = whole(rng, 0, 10_000), []
    p, q, both = two_accuracies(rng)
    better, worse = max(p, q), min(p, q)  # each model is once the better one
    for case, n, alpha in (
        ((worse, better), 150, 0.05),
        ((better, worse), 400, 0.01),
        ((worse, worse), 60, 0.2),
    ):
        draw = np.random.default_rng(seed)
        found.append(code.simulated_power(*case, both, n, 400, draw, alpha))
    return found


@task(6, "finds nothing where the models never differ, and at 5% as the default")
def simulated_corners(code, rng):
    seed, p = whole(rng, 0, 10_000), float(rng.uniform(0.4, 0.8))
    equal = code.simulated_power(p, p, p, 50, 30, np.random.default_rng(seed))
    usual = code.simulated_power(p, p + 0.1, p - 0.05, 90, 300, np.random.default_rng(seed))
    return equal, usual


@task(7, "computes the exact p-value from the items on which one model is right")
def exact(code, rng):
    found = []
    for n, first, second in ((30, 0.6, 0.8), (200, 0.9, 0.85), (9, 0.5, 0.9)):
        a, b = rng.random(n) < first, rng.random(n) < second
        found += [code.mcnemar(a, b), code.mcnemar(b, a)]
    return found


@task(7, "returns 1 where nothing speaks for a difference, and handles large counts")
def exact_corners(code, rng):
    a = rng.random(12) < 0.5
    tie = np.array([True, False, True, False]), np.array([False, True, True, False])
    many = np.arange(2600) < whole(rng, 1380, 1420)
    return code.mcnemar(a, a), code.mcnemar(*tie), code.mcnemar(many, ~many)


@task(8, "counts the alarms at the end and at any look")
def alarms(code, rng):
    seed, found = whole(rng, 0, 10_000), []
    for looks, items, alpha in ((5, 20, 0.05), (1, 40, 0.1), (12, 7, 0.2)):
        found.append(code.false_alarms(looks, items, 500, np.random.default_rng(seed), alpha))
    return [*found, code.false_alarms(4, 15, 400, np.random.default_rng(seed))]


@task(8, "shows that peeking raises the alarms, on every seed", judge=within(0.05, 0.2))
def peeking_costs(code, rng):
    pairs = [code.false_alarms(6, 25, 2000, rng) for _ in range(3)]
    return [peeking - at_end for at_end, peeking in pairs]


@task(9, "computes the seeds for two methods, and never fewer than 3")
def seeds(code, rng):
    std = float(rng.uniform(0.01, 0.03))
    found = [code.seeds_needed(std, gap) for gap in (0.2, 0.02, 0.013, 0.007)]
    return [*found, code.seeds_needed(std, 0.01, 0.95), code.seeds_needed(std, 0.01, 0.8, 0.002)]


@task(9, "makes the correction for few seeds")
def few_seeds(code, rng):
    gaps = rng.uniform(0.4, 3.0, size=20)
    return [code.seeds_needed(1.0, float(gap)) for gap in gaps]


# --- 10 and 11: the split -----------------------------------------------------------------------


@task(10, "gives the same items the same digits, in whatever order", keeps_arguments=True)
def order_free(code, rng):
    names = [f"person-{each}/{whole(rng, 0, 99)}" for each in range(12)]
    mixed = [names[each] for each in rng.permutation(12)]
    numbers = [whole(rng, 0, 200) for _ in range(9)]
    return [code.split_hash(each) for each in (names, mixed, numbers, ["\u00e9t\u00e9", "Za", "a"])]


@task(10, "tells apart what only looks alike", keeps_arguments=True)
def alike(code, rng):
    n = whole(rng, 1, 50)
    cases = (["ab", "c"], ["a", "bc"], [n, n], [n], [], [f"{n} "], [2, 10, n])
    return [code.split_hash(case) for case in cases]


@task(11, "finds equal rows, near ones, and known groups, each row once", keeps_arguments=True)
def three_kinds(code, rng):
    train = rng.normal(size=(9, 6))
    known, new = rng.permutation(50)[:20].reshape(2, 10)
    groups_train = known[rng.integers(10, size=9)]
    scaled = train[2:4] * rng.uniform(0.4, 0.6, size=(2, 1))
    shifted = train[4:6] + 0.004 * rng.normal(size=(2, 6))
    test = np.concatenate([train[[1, 7]], scaled, shifted, rng.normal(size=(6, 6))])
    groups = np.concatenate([groups_train[:4], new[:2], groups_train[4:7], new[2:5]])
    test[-2:, 0] = train[:2, 0]  # one number in common
    order = rng.permutation(len(test))
    return code.leaks(train, test[order], groups_train, groups[order])


@task(11, "compares the cosine with the bound", keeps_arguments=True)
def bound(code, rng):
    train, test = rng.normal(size=(2, 3)), np.concatenate([rng.normal(size=(12, 3))])
    none, other = np.arange(2), np.arange(2, 14)
    found = [code.leaks(train, test, none, other, above) for above in (0.9, 0.5, 0.0)]
    found.append(code.leaks(train[:1], -train[:1], none[:1], np.array([5]), 0.5))
    sides = rng.permutation(3.0 * np.eye(3))  # at right angles: the cosine is 0 exactly
    return [*found, code.leaks(sides[:1], sides[1:], none[:1], np.array([5, 6]), 0.0)]


# --- 12 to 15: two cards, and the reading -------------------------------------------------------

PLAN_PARTS = {
    "Question": "Can a small network tell which exercise a person does?",
    "Metric": "Balanced accuracy on new people; the target is 0.93 accuracy.",
    "Baseline": "Always the commonest: 14 %. Softmax regression reaches 84 %.",
    "Size": "The test has 1360 recordings, and each method 5 seeds.",
    "Stop": "We stop after 3 evenings, or when five seeds are done.",
}
PLAN_HEADINGS = {
    "Question": ("Question", "The research question", "Fragestellung", "1. PROBLEM"),
    "Metric": ("Metric", "Metrics and target", "Measure of success", "Zielwert"),
    "Baseline": ("Baselines", "The baseline", "Reference", "Vergleich"),
    "Size": ("Size of the test", "How many", "Items and seeds", "Umfang"),
    "Stop": ("Stop rule", "Kill criterion", "2. When to give up", "Abbruch"),
}
DATA_PARTS = {
    "Origin": "Recorded by us in the spring, with a watch.",
    "Licence": "CC BY 4.0, as its authors say on the page.",
    "Consent": "Everybody signed a form that allows research use.",
    "Counts": "Recordings:\n\n| class | n |\n|---|---|\n| a | 30 |\n| b | 70 |\n| total | 100 |",
    "Split": "By person: those from 8 to 10 are the test set.",
    "Leaks": "The audit found 12 duplicates, and 0 open findings remain.",
}


def card(parts, order, headings=None, marks="##"):
    chosen = {name: (headings or {}).get(name, name) for name in order}
    return "\n\n".join(f"{marks} {chosen[name]}\n\n{parts[name]}" for name in order)


def some_plan(rng, **changed):
    """A plan in a random order, with headings drawn from those that mean the same."""
    order = [str(each) for each in rng.permutation(list(PLAN_PARTS))]
    headings = {name: PLAN_HEADINGS[name][whole(rng, 0, 3)] for name in order}
    text = card({**PLAN_PARTS, **changed}, order, headings, "#" * whole(rng, 1, 6))
    return f"# My project\n\nWritten on 2026-03-01.\n\n{text}\n"


@task(12, "finds the parts by the meaning of their headings")
def by_meaning(code, rng):
    return [code.sections(some_plan(rng), code.PLAN) for _ in range(4)]


@task(12, "keeps text below a heading without a meaning, and joins parts with the same one")
def joined(code, rng):
    n = whole(rng, 10, 99)
    text = (
        f"Nothing yet.\n## Baseline\n\nOne: {n}.\n\n### Details\n  Two.\n#hash\n\n## Nonstop\n"
        f"Still it.\n## Risks\n\nAgain.\n## STOP rule\nAfter {n} days.\n\n\nOr so.\n\n"
        "## Reference\nLast."
    )
    found = [code.sections(each, code.PLAN) for each in (text, "", "## Stop", "####### Stop\nno")]
    return [*found, code.sections(text, {"A": ("deta", "risk"), "B": ("nothing", "base")})]


@task(13, "accepts a full plan, and names what is missing in order")
def missing(code, rng):
    found = [code.plan_card(some_plan(rng)), code.plan_card("")]
    for _ in range(4):
        lines = some_plan(rng).split("\n\n")
        cut = 2 + 2 * whole(rng, 0, 4)
        found.append(code.plan_card("\n\n".join(lines[:cut] + lines[cut + 2 :])))
    return found


@task(13, "tells content from the template, and from too few words")
def content(code, rng):
    template = some_plan(rng, Stop="Say after how many 2 weeks you stop.", Size="Three.")
    mixed = some_plan(rng, Stop="Say after how many 2 weeks you stop.", Size="  Three.\n")
    short = some_plan(rng, Question="Can it? Yes or", Metric="accuracy of 0.9 at most!")
    moved = some_plan(rng, Question=PLAN_PARTS["Baseline"], Stop=PLAN_PARTS["Metric"])
    found = [code.plan_card(text, template) for text in (template, mixed, short, moved)]
    return [*found, code.plan_card(mixed), code.plan_card(short)]


@task(13, "looks for a number with a unit")
def units(code, rng):
    n, found = whole(rng, 2, 99), []
    with_unit, without = (f"{n}%", f"{n} %", f"{n} items", f"{n}h"), (f"{n}", f"{n}.", f"{n} - {n}")
    for text in (*with_unit, *without, "Prüfung"):
        part = f"We say this here, namely: {text}"
        found.append(code.plan_card(some_plan(rng, Size=part, Question=part)))
    return [*found, code.plan_card(some_plan(rng, Stop="After two evenings we stop this."))]


@task(14, "judges the card of the data as a card")
def data_parts(code, rng):
    order = [str(each) for each in rng.permutation(list(DATA_PARTS))]
    full, fewer = card(DATA_PARTS, order), card(DATA_PARTS, order[whole(rng, 1, 3) :])
    return [code.data_card(full), code.data_card(fewer), code.data_card(full, full)]


@task(14, "wants no open leak and the right total")
def leaks_and_total(code, rng):
    a, b = whole(rng, 11, 99), whole(rng, 100, 999)
    row = "| {} | {} |"
    tables = (
        [row.format("a", a), row.format("b", b), row.format("total", a + b)],
        [row.format("a", a), row.format("b", b), row.format("total", a + b + 1)],
        [row.format("a", a), row.format("b", b)],
        [row.format("all", a + b)],
        [],
        [row.format("all", a + b), row.format("a", a), row.format("b", b)],
        ["| a | 1 | " + str(a) + " |", f"| 9 | 2 |{b}|", f"| total | 3 |  {a + b}  |"],
    )
    leaks = (
        f"{a} open findings of {b}",
        "0 open findings, and 4 closed",
        "10 open questions",
        f"0 open findings and {a} open questions",
        f"{a} copies, all removed",
    )
    origin = f"Put together from {a} open sources in the spring."
    found = []
    for number, table in enumerate(tables):
        counts = "So many recordings has each of 2 classes:\n\n" + "\n".join(table)
        parts = {**DATA_PARTS, "Counts": counts, "Leaks": f"We looked: {leaks[number % 5]}."}
        parts["Origin"] = origin
        found.append(code.data_card(card(parts, list(parts))))
    return found


@task(15, "reads the finished capstone")
def read(code, rng):
    return code.reading()
