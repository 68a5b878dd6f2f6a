"""What is asked of `recap`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

The loop is checked with stand-ins that note what happens to them: which rows a step has seen, not
in which order the lines were written. `zero` before `forward` is as good as after it.
"""

from datetime import date, timedelta

import numpy as np

from undergrad.checker import raises, task


@task(1, "puts every row into exactly one batch", hint=[
    "First all rows in a random order; then cut that order.",
    "rng.permutation(n) is the order. Cuts begin at 0, size, 2 * size, ...; a slice that runs "
    "over the end is simply shorter.",
    "order = rng.permutation(n)\n"
    "return [order[start : start + size] for start in range(0, n, size)]",
])  # fmt: skip
def each_once(code, rng):
    rows = np.concatenate([np.ravel(part) for part in code.batches(22, 4, rng)]).tolist()
    if len(set(rows)) < len(rows):
        return "some rows are there twice"
    return "every row once" if sorted(rows) == list(range(22)) else "some rows are missing"


@task(1, "makes batches of the asked size, and a shorter one at the end")
def sizes(code, rng):
    return [len(part) for part in code.batches(22, 4, rng)]


@task(1, "orders the rows at random, and by the generator alone")
def by_generator(code, rng):
    first = int(rng.integers(1000))
    one, again, other = (
        np.concatenate(code.batches(40, 8, np.random.default_rng(seed))).tolist()
        for seed in (first, first, first + 1)
    )
    if one != again:
        return "another order although the generator began in the same state"
    return "the same order for another state" if one == other else "the generator decides"


HELD_OUT = 1000  # rows of the held-out part are numbered from here


class Watched:
    """Model, loss and update in one, which note what they see instead of learning.

    A row's only input is its number; its label is the number plus 0.5.
    """

    def __init__(self):
        self.forwards, self.pending, self.steps = [], [], []
        self.unused = self.mislabelled = False

    def forward(self, x):
        self.forwards.append(np.ravel(x).astype(int).tolist())
        return x

    def loss(self, pred, y):
        fits = np.shape(pred) == np.shape(y) and np.allclose(np.asarray(pred) + 0.5, y)
        self.mislabelled |= not fits
        return 0.0, np.ravel(pred)

    def backward(self, slope):
        self.pending.append(np.ravel(slope).astype(int).tolist())
        self.unused = True

    def zero(self):
        self.pending = []

    def step(self):
        self.steps.append((self.pending[:], self.forwards[-1]))
        self.unused = False


def watch(code, rng, n=22, epochs=2, size=5):
    watched = Watched()
    rows, held = np.arange(float(n))[:, None], np.arange(4.0)[:, None] + HELD_OUT
    data = (rows, rows + 0.5), (held, held + 0.5)
    history = code.train(watched, data, watched.loss, watched, epochs, rng, size=size)
    return watched, history


@task(2, "gives each step the slopes of its own batch, and nothing else", needs=[1], hint=[
    "Say the parts aloud before you write them. What must have happened before a step? And what "
    "must not be left over from the batch before?",
    "For every batch: forward, loss, zero, backward, step. After the batches of an epoch: forward "
    "and loss of the held-out part, and a dict for the history.",
    "for epoch in range(1, epochs + 1):\n"
    "    total = 0.0\n"
    "    for rows in batches(len(x), size, rng):\n"
    "        value, slope = loss(model.forward(x[rows]), y[rows])\n"
    "        opt.zero(); model.backward(slope); opt.step()\n"
    "        total += value * len(rows)\n"
    "    held_out, _ = loss(model.forward(held_x), held_y)\n"
    "    history.append({'epoch': epoch, 'train': total / len(x), 'held_out': held_out})",
])  # fmt: skip
def own_slopes(code, rng):
    watched, _ = watch(code, rng)
    if any(row >= HELD_OUT for pending, _ in watched.steps for part in pending for row in part):
        return "held-out rows took part in a step"
    if watched.mislabelled:
        return "inputs and labels of different rows were compared"
    if watched.unused:
        return "slopes were computed that no step used"
    if any(not pending for pending, _ in watched.steps):
        return "a step found no slopes"
    if any(len(pending) > 1 for pending, _ in watched.steps):
        return "a step found the slopes of several batches"
    if any(pending[0] != batch for pending, batch in watched.steps):
        return "a step found the slopes of another batch"
    return "one batch, one step"


@task(2, "takes a step for every batch, and no more", needs=[1])
def batch_sizes(code, rng):
    watched, _ = watch(code, rng)
    return [len(batch) for _, batch in watched.steps]


@task(2, "passes all rows once an epoch, in a new order each time", needs=[1])
def epochs(code, rng):
    watched, _ = watch(code, rng)
    rows = [row for _, batch in watched.steps for row in batch]
    first, second = rows[:22], rows[22:]
    if sorted(first) != list(range(22)) or sorted(second) != list(range(22)):
        return "not every row once an epoch"
    return "the same order in both epochs" if first == second else "a new order"


@task(2, "notes the epoch, the mean loss of all rows, and the held-out loss after it", needs=[1])
def the_history(code, rng):
    # Four batches of five rows and one of two. What a row is worth does not depend on its batch,
    # so the mean over rows is the same for every order, and the mean over batches is not.
    watched = Watched()
    n = 22
    x, held = np.arange(float(n))[:, None], np.arange(4.0)[:, None] + HELD_OUT
    worth = rng.uniform(1.0, 9.0, size=n)

    def loss(pred, y):
        if np.ravel(y)[0] > HELD_OUT:
            return float(len(watched.steps)), np.ravel(pred)
        return float(worth[np.ravel(pred).astype(int)].mean()), np.ravel(pred)

    data = (x, x + 0.5), (held, held + 0.5)
    return code.train(watched, data, loss, watched, 3, rng, size=5)


def three_tasks(code, rng):
    """(model, x, y, loss) for small pictures, letters and films."""
    x = rng.normal(size=(60, 4))
    y = (x @ rng.normal(size=(4, 3))).argmax(axis=1)
    yield code.Linear(np.zeros((3, 4)), np.zeros(3)), x, y, code.cross_entropy
    ids = rng.integers(4, size=60)
    yield code.Table(np.zeros((4, 4))), ids, (ids + 1) % 4, code.cross_entropy
    pairs = rng.integers(5, size=(60, 2))
    likes = rng.choice([-1.0, 1.0], size=(2, 5))
    stars = likes[0][pairs[:, 0]] * likes[1][pairs[:, 1]]
    P, Q = rng.uniform(0.5, 1.0, size=(2, 5, 1)) * rng.choice([-1, 1], size=(2, 5, 1))
    yield code.Factors(P, Q), pairs, stars, code.squared_error


@task(2, "teaches pictures, letters and films with the same lines", needs=[1])
def all_three(code, rng):
    learnt = []
    for model, x, y, loss in three_tasks(code, rng):
        data = (x[:48], y[:48]), (x[48:], y[48:])
        history = code.train(model, data, loss, code.SGD(model, 0.5), 25, rng, size=8)
        falls = history[-1]["train"] < 0.8 * history[0]["train"]
        learnt.append("learns" if falls else "does not learn")
    return learnt


def a_history(rng, best, n=6):
    """Training falls all the way; the held-out loss is lowest at epoch `best` and rises after it.
    With `best` beyond the middle the first epoch is the worst, and no wrong choice is right."""
    train = np.sort(rng.uniform(0.1, 2.0, size=n))[::-1]
    held = 1.0 + 0.21 * np.abs(np.arange(1, n + 1) - best) + rng.uniform(0.0, 0.1)
    return [
        {"epoch": int(epoch), "train": float(t), "held_out": float(h)}
        for epoch, t, h in zip(range(1, n + 1), train, held, strict=True)
    ]


@task(3, "reports every epoch, the best one, and whether it beats the baseline", hint=[
    "Copy the text from the docstring and ask of each number where it comes from.",
    "An f-string for each row: {loss:.3f} gives three decimals. min(history, key=...) finds the "
    "best row, and of several the first.",
    "rows = [f\"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |\" for h in history]\n"
    "best = min(history, key=lambda h: h['held_out'])\n"
    "below = 'below' if best['held_out'] < baseline else 'not below'\n"
    "return '\\n'.join([head, line, *rows, '', last, ''])",
])  # fmt: skip
def report(code, rng):
    return code.history_to_md(a_history(rng, int(rng.integers(4, 6))), float(rng.uniform(2, 3)))


@task(3, "says when the baseline is as good, and takes the first of equally good epochs")
def last_lines(code, rng):
    history = a_history(rng, 3)
    history[4]["held_out"] = lowest = history[2]["held_out"]
    return [code.history_to_md(history, base).splitlines()[-1] for base in (lowest, 0.9, 2.5)]


@task(4, "finds slope 1.8 and offset 32 within 0.05", needs=[1, 2], hint=[
    "Data, model, loss, update: which four things do you hand to `train`?",
    "Linear needs x of shape (N, 1). In tens of degrees, c / 10, one step size suits both "
    "numbers; the slope you find is then ten times too large.",
    "readings = c[:, None] / 10, f[:, None]\n"
    "line = Linear(np.zeros((1, 1)), np.zeros(1))\n"
    "train(line, (readings, readings), squared_error, SGD(line, 0.05), 400, rng)\n"
    "return float(line.params[0][0, 0]) / 10, float(line.params[1][0])",
])  # fmt: skip
def from_memory(code, rng):
    c = np.linspace(-20.0, 40.0, 13) + rng.uniform(-2.0, 2.0, size=13)
    w, b = (float(each) for each in code.fahrenheit(c, 1.8 * c + 32, rng))
    if abs(w - 1.8) <= 0.05 and abs(b - 32) <= 0.05:
        return "slope 1.8, offset 32"
    if abs(w - 18) < 1:
        return "a slope near 18"
    return "an offset far below 32" if abs(w - 1.8) < 0.5 and b < 31 else "another line"


@task(5, "holds at least ten different questions", hint=[
    "Open the three earlier units. At which line did you take something on trust?",
    "Ask why, how, when, what if: about steps, weights, data, shapes. A question that sounds too "
    "simple is often the best one.",
    "return [\n"
    "    \"Why does ... ?\",\n"
    "    \"How would ... if ... ?\",\n"
    "]",
])  # fmt: skip
def ten(code, rng):
    questions = list(code.my_questions())
    different = {" ".join(str(each).lower().split()) for each in questions}
    if len(questions) < 10:
        return "fewer than ten"
    return "ten or more different ones" if len(different) >= 10 else "some are repeated"


@task(5, "asks in whole questions")
def whole(code, rng):
    questions = [str(each).strip() for each in code.my_questions()]
    if not all(each.endswith("?") for each in questions):
        return "some do not end in a question mark"
    return "whole" if all(len(each.split()) >= 3 for each in questions) else "some are too short"


def days(rng):
    """Today and a later day, both as texts; February is between them."""
    today = date(2027, 1, 15) + timedelta(days=int(rng.integers(0, 10)))
    return str(today), str(today + timedelta(days=int(rng.integers(60, 300))))


WHY, WHAT = "I want to know what my photo app does.", "A notebook that sorts my pictures."


@task(6, "fills in the page, with the days that are left", hint=[
    "Which things can be wrong with a goal? Refuse those first; then only the text is left.",
    "date.fromisoformat reads a date; the difference of two dates has .days. text.strip() takes "
    "off the spaces.",
    "days = (date.fromisoformat(by_when) - date.fromisoformat(today)).days\n"
    "if days <= 0: raise ValueError(...)\n"
    "return f\"# My goal\\n\\n**Why:** {why}\\n\\n**What:** {what}\\n\\n\" \\\n"
    "       f\"**By when:** {by_when}, {days} days from {today}\\n\"",
])  # fmt: skip
def page(code, rng):
    today, later = days(rng)
    return code.goal_to_md(f"  {WHY} ", f"{WHAT}\n", later, today)


@task(6, "refuses a goal without a reason", judge=raises(ValueError))
def no_reason(code, rng):
    today, later = days(rng)
    code.goal_to_md("   ", WHAT, later, today)
    return "a goal without a reason went through"


@task(6, "refuses a goal with nothing to show", judge=raises(ValueError))
def nothing_to_show(code, rng):
    today, later = days(rng)
    code.goal_to_md(WHY, "", later, today)
    return "a goal with nothing to show went through"


@task(6, "refuses a day that has passed", judge=raises(ValueError))
def passed(code, rng):
    today, later = days(rng)
    code.goal_to_md(WHY, WHAT, today, later)
    return "a day that has passed went through"


@task(6, "refuses today", judge=raises(ValueError))
def this_very_day(code, rng):
    today, _ = days(rng)
    code.goal_to_md(WHY, WHAT, today, today)
    return "today went through as a day to come"
