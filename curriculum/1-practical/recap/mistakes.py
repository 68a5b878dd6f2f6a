"""Typical wrong solutions of `recap`, each with the sentence it deserves."""

from datetime import date

import numpy as np

from undergrad.checker import mistake


@mistake("batches", "The rows at the end are dropped when n is no multiple of size. A shorter last "
         "batch is fine.")  # fmt: skip
def end_dropped(n, size, rng):
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n - size + 1, size)]


@mistake("batches", "Rows are drawn with putting back: some come twice and others never. Shuffle "
         "all of them once with rng.permutation.")  # fmt: skip
def drawn(n, size, rng):
    order = rng.integers(n, size=n)
    order[1] = order[0]
    return [order[start : start + size] for start in range(0, n, size)]


@mistake("batches", "The batches are as even as possible, as np.array_split makes them. All should "
         "have the asked size, except the last.")  # fmt: skip
def evenly(n, size, rng):
    return np.array_split(rng.permutation(n), -(-n // size))


@mistake("batches", "The rows are not shuffled. Data often come sorted, and a batch should be a "
         "sample of everything.")  # fmt: skip
def in_order(n, size, rng):
    return [np.arange(start, min(start + size, n)) for start in range(0, n, size)]


@mistake("batches", "Another order each time, whatever the seed: np.random has a generator of its "
         "own. Use the one you are given.")  # fmt: skip
def own_generator(n, size, rng):
    order = np.random.default_rng().permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def _cuts(n, size, rng):
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def _loop(model, data, loss, opt, epochs, rng, size, one, mean=None, cuts=_cuts):
    """The right loop, with `one` (what is done for a batch) and `mean` to be replaced."""
    (x, y), (held_x, held_y) = data
    history = []
    for epoch in range(1, epochs + 1):
        parts = cuts(len(x), size, rng)
        values = [one(model, loss, opt, x[rows], y[rows]) for rows in parts]
        lengths = [len(rows) for rows in parts]
        train = mean(values) if mean else float(np.average(values, weights=lengths))
        held_out, _ = loss(model.forward(held_x), held_y)
        history.append({"epoch": epoch, "train": train, "held_out": held_out})
    return history


def _right(model, loss, opt, x, y):
    value, slope = loss(model.forward(x), y)
    opt.zero()
    model.backward(slope)
    opt.step()
    return value


@mistake("train", "zero is never called, so each step carries the slopes of all batches before it. "
         "backward adds; wipe the slopes before it.")  # fmt: skip
def never_zero(model, data, loss, opt, epochs, rng, size=32):
    def one(model, loss, opt, x, y):
        value, slope = loss(model.forward(x), y)
        model.backward(slope)
        opt.step()
        return value

    return _loop(model, data, loss, opt, epochs, rng, size, one)


@mistake("train", "zero comes between backward and step, so the step finds nothing. Wipe the "
         "slopes before backward.")  # fmt: skip
def wiped(model, data, loss, opt, epochs, rng, size=32):
    def one(model, loss, opt, x, y):
        value, slope = loss(model.forward(x), y)
        model.backward(slope)
        opt.zero()
        opt.step()
        return value

    return _loop(model, data, loss, opt, epochs, rng, size, one)


@mistake("train", "step comes before backward. The slopes have to be there first.")
def step_first(model, data, loss, opt, epochs, rng, size=32):
    def one(model, loss, opt, x, y):
        value, slope = loss(model.forward(x), y)
        opt.zero()
        opt.step()
        model.backward(slope)
        return value

    return _loop(model, data, loss, opt, epochs, rng, size, one)


@mistake("train", "The held-out part is trained on as well. Only forward and loss for it: no "
         "backward, no step.")  # fmt: skip
def trains_on_held_out(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (held_x, held_y) = data
    history = []
    for epoch in range(1, epochs + 1):
        values = [_right(model, loss, opt, x[r], y[r]) for r in _cuts(len(x), size, rng)]
        held_out = _right(model, loss, opt, held_x, held_y)
        history.append({"epoch": epoch, "train": float(np.mean(values)), "held_out": held_out})
    return history


@mistake("train", "The inputs are shuffled and the labels are not, so each row is compared with "
         "another row's label. Cut both by the same rows.")  # fmt: skip
def labels_left_behind(model, data, loss, opt, epochs, rng, size=32):
    (x, y), held = data
    history = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for start, rows in zip(range(0, len(x), size), _cuts(len(x), size, rng), strict=True):
            value = _right(model, loss, opt, x[rows], y[start : start + size])
            total += value * len(rows)
        held_out, _ = loss(model.forward(held[0]), held[1])
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held_out})
    return history


@mistake("train", "Every step sees all rows at once. Take one batch after the other, with a step "
         "for each.")  # fmt: skip
def one_big_batch(model, data, loss, opt, epochs, rng, size=32):
    return _loop(model, data, loss, opt, epochs, rng, len(data[0][0]), _right)


@mistake("train", "The batches are made once and used in every epoch. Call batches anew, so that "
         "rows meet in other company.")  # fmt: skip
def shuffled_once(model, data, loss, opt, epochs, rng, size=32):
    parts = _cuts(len(data[0][0]), size, rng)
    return _loop(model, data, loss, opt, epochs, rng, size, _right, cuts=lambda *_: parts)


@mistake("train", "The loss of an epoch is the mean over batches, in which the short last batch "
         "counts as much as a full one. Weigh each by its rows.")  # fmt: skip
def batches_alike(model, data, loss, opt, epochs, rng, size=32):
    mean = lambda values: float(np.mean(values))  # noqa: E731
    return _loop(model, data, loss, opt, epochs, rng, size, _right, mean)


@mistake("train", "The loss of an epoch is that of its last batch, a small and noisy sample. Take "
         "the mean over all rows.")  # fmt: skip
def last_batch(model, data, loss, opt, epochs, rng, size=32):
    return _loop(model, data, loss, opt, epochs, rng, size, _right, lambda values: values[-1])


@mistake("train", "The held-out loss is measured before the epoch. Measure it after the steps, so "
         "that both losses of a row belong to the same state.")  # fmt: skip
def measured_before(model, data, loss, opt, epochs, rng, size=32):
    history = []
    for epoch in range(1, epochs + 1):
        held_out, _ = loss(model.forward(data[1][0]), data[1][1])
        row = _loop(model, data, loss, opt, 1, rng, size, _right)[0]
        history.append({"epoch": epoch, "train": row["train"], "held_out": held_out})
    return history


@mistake("train", "The epochs are counted from 0. The report is for people: begin at 1.")
def from_zero(model, data, loss, opt, epochs, rng, size=32):
    history = _loop(model, data, loss, opt, epochs, rng, size, _right)
    return [{**row, "epoch": row["epoch"] - 1} for row in history]


def _report(history, baseline, best, below=None):
    rows = [f"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |" for h in history]
    word = below or ("below" if best["held_out"] < baseline else "not below")
    last = f"Best: epoch {best['epoch']} with {best['held_out']:.3f} held out, "
    last += f"{word} the baseline of {baseline:.3f}."
    return "\n".join(["| epoch | train | held out |", "|---|---|---|", *rows, "", last, ""])


@mistake("history_to_md", "The best epoch is chosen by the training loss, which falls even while "
         "held-out results get worse. Choose by held_out.")  # fmt: skip
def best_by_training(history, baseline):
    return _report(history, baseline, min(history, key=lambda h: h["train"]))


@mistake("history_to_md", "The epoch with the largest held-out loss is named. A loss is better "
         "when it is smaller.")  # fmt: skip
def worst(history, baseline):
    return _report(history, baseline, max(history, key=lambda h: h["held_out"]))


@mistake("history_to_md", "The report always says \"below\". Compare with the baseline: this one "
         "was not beaten.")  # fmt: skip
def always_below(history, baseline):
    return _report(history, baseline, min(history, key=lambda h: h["held_out"]), below="below")


@mistake("history_to_md", "The last of several equally good epochs is named; the first is as good "
         "and was cheaper.")  # fmt: skip
def last_of_several(history, baseline):
    return _report(history, baseline, min(history[::-1], key=lambda h: h["held_out"]))


@mistake("fahrenheit", "This is the slope for tens of degrees, near 18. Divide it by ten, since "
         "the question was about plain degrees.")  # fmt: skip
def for_tens(c, f, rng):
    w, b = np.polyfit(c / 10, f, 1)
    return float(w), float(b)


@mistake("fahrenheit", "The slope is there and the offset is still on its way. In plain degrees it "
         "needs thousands of steps: train on c / 10, or for longer.")  # fmt: skip
def offset_on_its_way(c, f, rng):
    w, b = 0.0, 0.0
    for _ in range(400):
        error = w * c + b - f
        w, b = w - 0.001 * 2 * np.mean(error * c), b - 0.001 * 2 * np.mean(error)
    return float(w), float(b)


@mistake("my_questions", "There are fewer than ten questions. Look at the lines you took on trust; "
         "each is one.")  # fmt: skip
def nine():
    return [f"Why is step number {i} needed?" for i in range(9)]


@mistake("my_questions", "Some questions are there twice.")
def repeated():
    return ["Why does the loss fall?"] * 10


@mistake("my_questions", "Some lines are topics, not questions. Ask something that has an answer, "
         "and end with a question mark.")  # fmt: skip
def topics():
    return [f"The way that layer {i} works" for i in range(10)]


def _page(why, what, by_when, today, days):
    return (
        f"# My goal\n\n**Why:** {why}\n\n**What:** {what}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )


def _days(by_when, today):
    return (date.fromisoformat(by_when) - date.fromisoformat(today)).days


def _refuse(wrong):
    if wrong:
        raise ValueError("this is no goal yet")


@mistake("goal_to_md", "Both ends are counted. From Monday to Tuesday it is one day: the "
         "difference of the dates.")  # fmt: skip
def both_ends(why, what, by_when, today):
    why, what, days = why.strip(), what.strip(), _days(by_when, today)
    _refuse(not why or not what or days <= 0)
    return _page(why, what, by_when, today, days + 1)


@mistake("goal_to_md", "The spaces round the texts are still there. Take them off with strip().")
def not_stripped(why, what, by_when, today):
    days = _days(by_when, today)
    _refuse(not why.strip() or not what.strip() or days <= 0)
    return _page(why, what, by_when, today, days)


@mistake("goal_to_md", "A text of nothing but spaces passes for a reason. Strip it first, and then "
         "ask whether anything is left.")  # fmt: skip
def blanks_pass(why, what, by_when, today):
    days = _days(by_when, today)
    _refuse(not why or not what or days <= 0)
    return _page(why.strip(), what.strip(), by_when, today, days)


@mistake("goal_to_md", "A goal with nothing to show passes. Both texts are needed, why and what.")
def what_not_needed(why, what, by_when, today):
    why, what, days = why.strip(), what.strip(), _days(by_when, today)
    _refuse(not why or days <= 0)
    return _page(why, what, by_when, today, days)


@mistake("goal_to_md", "Today is taken for a day to come. Zero days are no plan: refuse them too.")
def today_passes(why, what, by_when, today):
    why, what, days = why.strip(), what.strip(), _days(by_when, today)
    _refuse(not why or not what or days < 0)
    return _page(why, what, by_when, today, days)


@mistake("goal_to_md", "A day that has passed is taken for a goal. Raise ValueError unless by_when "
         "lies after today.")  # fmt: skip
def any_day(why, what, by_when, today):
    why, what = why.strip(), what.strip()
    _refuse(not why or not what)
    return _page(why, what, by_when, today, _days(by_when, today))
