"""The checks of `recap`.

The loop is checked with a stand-in that records what happens to it: which rows a step has used, not
in which order the lines were written. `zero` before `forward` is as good as after it.
"""

from datetime import date, timedelta

import numpy as np

from undergrad.checker import decided_by, raises, task


@task(1, "puts every row into exactly one batch")
def each_once(code, rng):
    rows = np.concatenate([np.ravel(part) for part in code.batches(22, 4, rng)]).tolist()
    if len(set(rows)) < len(rows):
        return "some rows are there twice"
    return "every row once" if sorted(rows) == list(range(22)) else "some rows are missing"


@task(1, "makes batches of the given size, and a shorter one at the end")
def sizes(code, rng):
    return [len(part) for part in code.batches(22, 4, rng)]


@task(1, "shuffles the rows, with the given generator alone")
def by_generator(code, rng):
    return decided_by(lambda rng: np.concatenate(code.batches(40, 8, rng)), rng)


HELD_OUT = 1000  # rows of the held-out data are numbered from here


class Recorder:
    """Model, loss and optimiser in one, which record what they see instead of learning.

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

    def backward(self, g):
        self.pending.append(np.ravel(g).astype(int).tolist())
        self.unused = True

    def zero(self):
        self.pending = []

    def step(self):
        self.steps.append((self.pending[:], self.forwards[-1]))
        self.unused = False


def record(code, rng, n=22, epochs=2, **size):
    recorder = Recorder()
    rows, held = np.arange(float(n))[:, None], np.arange(4.0)[:, None] + HELD_OUT
    data = (rows, rows + 0.5), (held, held + 0.5)
    history = code.train(recorder, data, recorder.loss, recorder, epochs, rng, **size)
    return recorder, history


@task(2, "uses in each step the gradients of its own batch, and nothing else", needs=[1])
def own_gradients(code, rng):
    recorder, _ = record(code, rng, size=5)
    if any(row >= HELD_OUT for pending, _ in recorder.steps for part in pending for row in part):
        return "held-out rows took part in a step"
    if recorder.mislabelled:
        return "inputs and labels of different rows were compared"
    if recorder.unused:
        return "gradients were computed that no step used"
    if any(not pending for pending, _ in recorder.steps):
        return "a step had no gradients"
    if any(len(pending) > 1 for pending, _ in recorder.steps):
        return "a step had the gradients of several batches"
    if any(pending[0] != batch for pending, batch in recorder.steps):
        return "a step had the gradients of another batch"
    return "one batch, one step"


@task(2, "takes a step for every batch, and no more", needs=[1])
def batch_sizes(code, rng):
    recorder, _ = record(code, rng, size=5)
    return [len(batch) for _, batch in recorder.steps]


@task(2, "uses all rows once per epoch, in a new order each time", needs=[1])
def epochs(code, rng):
    recorder, _ = record(code, rng, size=5)
    rows = [row for _, batch in recorder.steps for row in batch]
    first, second = rows[:22], rows[22:]
    if sorted(first) != list(range(22)) or sorted(second) != list(range(22)):
        return "not every row once per epoch"
    return "the same order in both epochs" if first == second else "a new order"


@task(2, "leaves the order of the rows to the generator", needs=[1])
def order(code, rng):
    return decided_by(lambda rng: [batch for _, batch in record(code, rng, size=5)[0].steps], rng)


@task(2, "takes batches of 32 rows unless told otherwise", needs=[1])
def usual_size(code, rng):
    recorder, _ = record(code, rng, n=70)
    return [len(batch) for _, batch in recorder.steps]


@task(2, "records the epoch, the mean loss over all rows, and the held-out loss after it",
      needs=[1])  # fmt: skip
def the_history(code, rng):
    # Four batches of five rows and one of two. The loss of a row does not depend on its batch, so
    # the mean over rows is the same for every order, and the mean over batches is not.
    recorder = Recorder()
    n = 22
    x, held = np.arange(float(n))[:, None], np.arange(4.0)[:, None] + HELD_OUT
    row_losses = rng.uniform(1.0, 9.0, size=n)

    def loss(pred, y):
        if np.ravel(y)[0] > HELD_OUT:
            return float(len(recorder.steps)), np.ravel(pred)
        return float(row_losses[np.ravel(pred).astype(int)].mean()), np.ravel(pred)

    data = (x, x + 0.5), (held, held + 0.5)
    return code.train(recorder, data, loss, recorder, 3, rng, size=5)


def three_problems(code, rng):
    """(model, x, y, loss) for small images, text and films."""
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


@task(2, "trains on images, text and films with the same lines", needs=[1])
def all_three(code, rng):
    learnt = []
    for model, x, y, loss in three_problems(code, rng):
        data = (x[:48], y[:48]), (x[48:], y[48:])
        history = code.train(model, data, loss, code.SGD(model, 0.5), 25, rng, size=8)
        falls = history[-1]["train"] < 0.8 * history[0]["train"]
        learnt.append("learns" if falls else "does not learn")
    return learnt


def a_history(rng, best, n=6):
    """The training loss always falls; the held-out loss is lowest at epoch `best`, then rises.

    With `best` beyond the middle the first epoch is the worst, and no wrong choice is right. The
    training losses have two decimals, so that a third one, a zero, has to be written.
    """
    train = np.round(np.sort(rng.uniform(0.1, 2.0, size=n))[::-1], 2)
    held = 1.0 + 0.21 * np.abs(np.arange(1, n + 1) - best) + rng.uniform(0.0, 0.1)
    return [
        {"epoch": int(epoch), "train": float(t), "held_out": float(h)}
        for epoch, t, h in zip(range(1, n + 1), train, held, strict=True)
    ]


@task(3, "reports every epoch, the best one, and whether it beats the baseline")
def report(code, rng):
    return code.history_to_md(a_history(rng, int(rng.integers(4, 6))), float(rng.uniform(2, 3)))


@task(3, "says when the baseline is as good, and reports the first of equally good epochs")
def last_lines(code, rng):
    history = a_history(rng, 3)
    history[4]["held_out"] = lowest = history[2]["held_out"]
    return [code.history_to_md(history, base).splitlines()[-1] for base in (lowest, 0.9, 2.5)]


@task(4, "finds w = 1.8 and b = 32 within 0.05", needs=[1, 2], keeps_arguments=True)
def from_memory(code, rng):
    c = np.linspace(-20.0, 40.0, 13) + rng.uniform(-2.0, 2.0, size=13)
    w, b = (float(each) for each in code.fahrenheit(c, 1.8 * c + 32, rng))
    if abs(w - 1.8) <= 0.05 and abs(b - 32) <= 0.05:
        return "w = 1.8, b = 32"
    if abs(w - 18) < 1:
        return "a weight near 18"
    return "a bias far below 32" if 1 < w < 3 and b < 31 else "another line"


@task(5, "contains at least ten different questions")
def ten(code, rng):
    questions = list(code.my_questions())
    different = {" ".join(str(each).lower().split()) for each in questions}
    if len(questions) < 10:
        return "fewer than ten"
    return "ten or more different ones" if len(different) >= 10 else "some are repeated"


@task(5, "contains complete questions")
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


@task(6, "fills in the page, with the days that are left")
def page(code, rng):
    today, later = days(rng)
    return code.goal_to_md(f"  {WHY} ", f"{WHAT}\n", later, today)


@task(6, "accepts tomorrow")
def tomorrow(code, rng):
    today = date.fromisoformat(days(rng)[0])
    return code.goal_to_md(WHY, WHAT, str(today + timedelta(days=1)), str(today))


@task(6, "refuses a goal without a reason", judge=raises(ValueError))
def no_reason(code, rng):
    today, later = days(rng)
    code.goal_to_md("   ", WHAT, later, today)
    return "a goal without a reason was accepted"


@task(6, "refuses a goal with nothing to show", judge=raises(ValueError))
def nothing_to_show(code, rng):
    today, later = days(rng)
    code.goal_to_md(WHY, "", later, today)
    return "a goal with nothing to show was accepted"


@task(6, "refuses a day in the past", judge=raises(ValueError))
def past(code, rng):
    today, later = days(rng)
    code.goal_to_md(WHY, WHAT, today, later)
    return "a day in the past was accepted"


@task(6, "refuses today", judge=raises(ValueError))
def same_day(code, rng):
    today, _ = days(rng)
    code.goal_to_md(WHY, WHAT, today, today)
    return "today was accepted as a later day"
