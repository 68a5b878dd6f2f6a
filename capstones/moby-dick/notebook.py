# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Unread chapters of Moby-Dick
#
# *How many bits does an unread chapter of a novel need, from somebody who has read the rest of it?
# Counts of which letters follow which do so well that a small network of its own could not catch up
# within minutes. So this one reads what the counts expect, and learns only what they do not know.*
#
# This is a worked capstone: a question, a strong baseline, a small network, and where it is wrong.
# The notebook runs in about a minute, offline, because the three networks were trained before.

# %% [markdown]
# ## Question
#
# If you can predict the next character of a text, you can store the text in few bits: one that was
# expected with probability $p$ takes $-\log_2 p$ of them. Counts of n-grams predict well as long as
# the last few characters were seen together before. A network can learn what words have in common,
# and look back further. Does a small one find anything in an unread chapter that counts at their
# best do not know, so that the counts with its corrections need *fewer bits* than the counts alone?
#
# The plan, with the target and the rule for stopping, was written before the test chapters were
# scored and is in `plan.md`. The tools come first. `data.py` splits the book, `baseline.py` counts,
# `model.py` holds the network and the memory that was derived by hand, `training.py` the loop, and
# `evaluate.py` the metric.

# %%
import json
import platform
import re
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from undergrad import __version__, mine
from undergrad.capstone.metric import interval
from undergrad.engine import nn, optim

import evaluate
from baseline import KneserNey
from data import PAIRS, SYMBOLS, encode, load, title
from evaluate import ORDER, SCALE, bits, per_chapter_interval, per_character
from model import SPANS, network
from training import FOLDS, HISTORIES, lesson, trained

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

# %% [markdown]
# What decides how long a run takes stands in one cell. A check with `--verify` puts the small
# values of `capstone.toml` in their place, trains once, and scores the networks that are saved.

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
STEPS = 1800
TRAIN = False  # the networks of `python training.py` are read; True trains them here
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan

# %% [markdown]
# ## Data
#
# Herman Melville's *Moby-Dick* of 1851 comes with undergrad: 135 chapters and the epilogue, 1.19
# million characters. Chapters 10, 20, 30 and so on are for testing, chapters 5, 15, 25 and so on
# for validation, and the other 109 for training. The split takes whole chapters, because half a
# chapter would tell a model the names and the subject of the other half. All models know beforehand
# which characters there are; apart from that they have seen nothing of an unread chapter.

# %%
parts = load()
train, unread, test = parts.values()
for name, part in parts.items():
    print(f"{name:10} {len(part):3} chapters, {sum(map(len, part)):7,} characters")
print(f"{len(SYMBOLS)} different characters; the first test chapter begins:")
print(test[0][:190], "...")

# %% [markdown]
# ## Baseline
#
# To know nothing costs $\log_2 81 \approx 6.34$ bits per character. An n-gram of order $n$ uses the
# last $n - 1$ characters, and mixes what followed them with what followed fewer of them. Modified
# Kneser-Ney smoothing decides how; it was the best of many ways in the comparison that
# `baseline.py` cites. A longer context says more and was seen less often, so the best order is
# chosen on the validation chapters, and then a factor for the discounts, which the formula only
# estimates.

# %%
by_order = {order: KneserNey(train, order).bits(unread) for order in range(1, 10)}
for order, needed in by_order.items():
    print(f"order {order}: {per_character(needed):.3f} bits per character")
best = min(by_order, key=lambda order: per_character(by_order[order]))
scales = (0.8, 0.9, 1.0, 1.1, 1.2)
by_scale = {scale: KneserNey(train, best, scale).bits(unread) for scale in scales}
print(*(f"discounts x {scale}: {per_character(by_scale[scale]):.4f}" for scale in scales), sep=", ")
scale = min(by_scale, key=lambda each: per_character(by_scale[each]))
print(f"best: order {best}, discounts x {scale}; in evaluate.py {ORDER} and {SCALE}")

# %% [markdown]
# ## Model
#
# The network reads each character together with the one before it, and the logarithms of the
# probabilities that the counts give to all 81 characters that may come next. Its own logits are
# *added* to these logarithms, and begin at 0. So before training it is exactly as good as the
# counts, and whatever the gradient teaches it is something that they do not know. Mixtures of this
# kind go back to Neubig and Dyer 2016, "Generalizing and hybridizing count-based and neural
# language models".
#
# Between input and output stand two blocks, and each has a memory: every feature is an average of
# what was read, in which older values fade. A gate, computed from what is read, says how much of
# the old average is kept. That recurrence is our own: `model.py` holds `memory` and its
# derivatives, and a test compares them with numerical ones.
#
# How long a memory lasts depends on the bias of its gate. The biases start at different values, so
# that the first feature forgets after 2 characters and the last one after 500, about a paragraph;
# this is known as chrono initialisation.

# %%
model = network(seed=0)
print(f"{sum(parameter.size for parameter in model.parameters()):,} parameters,", end=" ")
print(f"{model.embedding.weight.size:,} of them for {PAIRS:,} pairs of characters")
lasting = np.geomspace(*SPANS, 128)
spans = ", ".join(f"{span:.0f}" for span in lasting[:: len(lasting) // 8])
print(f"memories last for {spans} ... characters at first")
counts = KneserNey(train, ORDER, SCALE)
beginnings = [chapter[:2000] for chapter in unread]
untrained, by_counts = bits(model, beginnings, counts), counts.bits(beginnings)
print(f"before training {per_character(untrained):.3f} bits", end=", ")
print(f"counts {per_character(by_counts):.3f}")

# %% [markdown]
# A second cheap check: a network whose gradients are right can memorise a sentence or two without
# any counts. If the bits stayed up here, the fault would be in the memory, the optimiser or the
# targets, and a whole book would not help.

# %%
stretch = encode("\n\n" + train[0][:130])[:, None]
nothing_expected = np.zeros((130, 1, len(SYMBOLS)), np.float32)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(60):
    optimizer.zero_grad()
    logits, _ = model(stretch[:-1], nothing_expected, model.nothing(1))
    loss = nn.CrossEntropyLoss()(logits.reshape(-1, len(SYMBOLS)), stretch[2:].ravel())
    loss.backward()
    optimizer.step()
print(f"after 60 steps {loss.item() / np.log(2):.3f} bits per character of 130")

# %% [markdown]
# ## Training
#
# Counts are far too sure of a text that they have counted themselves: nearly all of its n-grams are
# known to them. A network that learned beside such counts would learn to trust them. So the
# training chapters are divided into five groups, and what is expected of a chapter comes from
# counts of the other four groups. This is called *cross-fitting*, and the next cell shows why it is
# needed. At inference, the counts are those of all training chapters.

# %%
for folds, name in ((1, "counted themselves"), (FOLDS, "left out")):
    learned = lesson(train, folds)
    known = learned.targets >= 0
    likely = learned.logs[learned.rows[known], learned.targets[known]]
    print(f"training chapters, {name}: {-likely.mean() / np.log(2):.3f} bits per character")
del learned, likely

# %% [markdown]
# Sixteen streams read the training chapters from places that are equally far apart, 128 characters
# of each in one step. A stream goes on where it stopped, and what it remembers is carried over, so
# that a memory may become longer than a stretch although the gradient covers only one. The learning
# rate of AdamW rises briefly, then falls to nearly 0 along a cosine. The settings were chosen on
# the validation chapters, with a seed that is used for nothing else; `plan.md` lists what was
# tried. No step is picked: the last network counts.
#
# `python training.py` trained the networks and saved each at once, with 16 bits for each weight.
# With `TRAIN` set to `True` the same code trains them here, and with `ENGINE` set to `"mine"` it
# runs on your own engine: each part that you built in stage 3 replaces ours.

# %%
if TRAIN:
    with mine.engine(ENGINE) as description:
        print("Training", description)
        histories = {str(seed): trained(parts, seed, STEPS) for seed in SEEDS}
else:
    histories = json.loads(HISTORIES.read_text("utf-8"))
for seed, history in histories.items():
    last = history[-1]
    print(f"seed {seed}, step {last['step']}: training {last['training']:.3f}", end=", ")
    print(f"beginnings of the validation chapters {last['validation']:.3f}")

# %% [markdown]
# The dashed line shows the counts alone on the same beginnings of the validation chapters. Where the
# training bits kept falling while the validation bits rose, the network would memorise the book.

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained", sharey=True)
for seed, history in histories.items():
    for axis, part in zip(axes, ("training", "validation"), strict=True):
        steps, heights = zip(*((each["step"], each[part]) for each in history), strict=True)
        axis.plot(steps, heights, marker="o", markersize=3, label=f"seed {seed}")
for axis, part in zip(axes, ("training", "validation"), strict=True):
    axis.set(xlabel="step", ylabel=f"bits per character, {part}")
axes[1].axhline(per_character(by_counts), color="grey", linestyle="--", linewidth=1)
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# At each report the first network went on from "The whale", with random numbers that are the same
# each time. @WRITES@

# %%
for each in histories[str(SEEDS[0])]:
    print(f"step {each['step']:4}  The whale {' '.join(each['writes'].split())}")

# %% [markdown]
# ## Evaluation
#
# The test chapters are used here for the first time. The claim comes from the *saved* networks: the
# mean over all three seeds stands beside the counts alone on the same chapters. It is written to
# `results.json`, together with the versions that produced it.

# %%
by_counts = counts.bits(test)
baseline = per_character(by_counts)
by_network = {seed: bits(evaluate.restore(seed), test, counts) for seed in SEEDS}
seeds = evaluate.scores()
low, high = interval(list(seeds.values()))
claim = {
    "metric": "bits per character",
    "value": float(np.mean(list(seeds.values()))),
    "seeds": {str(seed): score for seed, score in seeds.items()},
    "baseline": baseline,
    "versions": {
        "undergrad": __version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    },
}
with open("results.json", "w", encoding="utf-8") as file:
    json.dump(claim, file, indent=2)
    file.write("\n")
for seed, score in seeds.items():
    print(f"seed {seed}: {score:.4f}")
print(f"| counts and network | {claim['value']:.4f} | {low:.4f} to {high:.4f} |")
print(f"| counts alone | {baseline:.4f} | |")

# %% [markdown]
# ### How sure is the difference?
#
# That interval is over seeds, and says nothing about other chapters. Both models read the same 13
# chapters, so a paired bootstrap draws whole chapters and takes the difference each time: a chapter
# that is hard for one is hard for the other, too.

# %%
middle = sorted(SEEDS, key=lambda seed: seeds[seed])[len(SEEDS) // 2]
needed = by_network[middle]
gains = [theirs - ours for ours, theirs in zip(needed, by_counts, strict=True)]
gain, low, high = per_chapter_interval(gains)
print(f"seed {middle} saves {gain:.3f} bits per character ({low:.3f} to {high:.3f})", end="; ")
print(f"fewer bits in {sum(each.mean() > 0 for each in gains)} of {len(test)} chapters")

# %% [markdown]
# ### What was taken away
#
# `records.py` took parts away, on the same seeds, and scored the validation chapters, so that the
# test chapters are used once. *What stands more than 63 characters before* needs no training: the
# network reads windows, and each character is predicted from the 32 to 63 before it, and from what
# the counts expect. The other rows are new trainings. Without *cross-fitting*, the counts have read
# the chapters that the network learns from. Without *the counts*, all characters are expected alike
# and the network is on its own. Without *memories that start long*, all last two characters at
# first, as with biases of 0.
#
# Two models that are put together may be better than one, whatever they are. So the first line
# shows how much counts of another order add to the best ones, in an average of both.

# %%
unread_counts = counts.bits(unread)
averages = {
    order: per_character(
        [1 - np.logaddexp2(-a, -b) for a, b in zip(one, unread_counts, strict=True)]
    )
    for order, one in by_order.items()
}
helps = min(averages, key=averages.get)
print(
    f"counts {per_character(unread_counts):.3f}, with those of order {helps} {averages[helps]:.3f}"
)
ablation = json.loads(Path("ablation.json").read_text("utf-8"))
print("everything:", *(f"{score:.3f}" for score in ablation["full"].values()))
for row in ablation["rows"]:
    print(row["says"], "{gain:+.3f} ({low:+.3f} to {high:+.3f})".format(**row))
    print("   ", *(f"{score:.3f}" for score in row["seeds"].values()))

# %% [markdown]
# ### How far back it looks
#
# What the counts expect is given in full here, and the network reads windows of growing length
# beside it. Each character is predicted from at least so many characters as the axis shows, and
# from less than twice as many. The dashed line is the network with all of the chapter so far.

# %%
lengths = (2, 4, 8, 16, 32, 64, 128, 256, 512)
reader = evaluate.restore(middle)
by_length = {
    length: per_character(evaluate.forgetful(reader, unread, counts, length)) for length in lengths
}
whole = per_character(bits(reader, unread, counts))
figure, axis = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
axis.plot(by_length.keys(), by_length.values(), marker="o", label="counts and network")
axis.axhline(whole, linestyle="--", linewidth=1)
axis.axhline(per_character(unread_counts), color="grey", linewidth=1, label="counts alone")
axis.set(xscale="log", xlabel="characters that the network has read", ylabel="bits per character")
axis.set_xticks(lengths)
axis.xaxis.set_major_formatter("{x:.0f}")
axis.minorticks_off()
axis.legend(frameon=False)
figure.savefig(FIGURES / "context.png", dpi=130)
plt.show()
print(*(f"{length}: {each:.3f}" for length, each in by_length.items()), f"all: {whole:.3f}")

# %% [markdown]
# ### How it looks
#
# The beginning of a test chapter, chosen by rank and not by looks: the chapter in the middle when
# they are sorted by bits per character. Each character is shaded by the bits that the network in
# the middle needed for it. Light ones were expected. What is dark is mostly the beginning of a
# word, because that is where a text decides how to go on.

# %%
COLUMNS, ROWS = 64, 11
SHADES = LinearSegmentedColormap.from_list("bits", ["#fffaf0", "#fdd49e", "#f16913", "#a63603"])


def wrapped(text):
    """Where each line of a page begins and ends, broken after a blank or the end of a paragraph."""
    start = 0
    while start < len(text):
        line = text[start : start + COLUMNS]
        size = line.find("\n") + 1 or line.rfind(" ") + 1 or len(line)
        yield start, start + size
        start += size


def page(axis, text, values, colours):
    """Draw the first lines of a text, each character on the colour of its value from 0 to 1."""
    for row, (start, end) in zip(range(ROWS), wrapped(text), strict=False):
        for column, at in enumerate(range(start, end)):
            box = plt.Rectangle((column, -row), 1, 1, color=colours(values[at]), linewidth=0)
            axis.add_patch(box)
            symbol = text[at].replace("\n", "\u00b6")
            ink = "white" if np.mean(colours(values[at])[:3]) < 0.45 else "black"
            place = column + 0.5, 0.45 - row
            axis.text(*place, symbol, ha="center", va="center", family="monospace", color=ink)
    axis.set(xlim=(0, COLUMNS), ylim=(1 - ROWS, 1))
    axis.axis("off")


both = by_network[middle]
ranked = sorted(range(len(test)), key=lambda n: both[n].mean())
shown = ranked[len(ranked) // 2]
figure, axis = plt.subplots(figsize=(9, 3.4), layout="constrained")
page(axis, test[shown], np.minimum(both[shown] / 8, 1), SHADES)
scale = plt.cm.ScalarMappable(plt.Normalize(0, 8), SHADES)
bar = figure.colorbar(scale, ax=axis, orientation="horizontal", shrink=0.4, aspect=40, pad=0.02)
bar.set_ticks([0, 2, 4, 6, 8], labels=["0 bits", "2", "4", "6", "8 and more"])
bar.outline.set_visible(False)
figure.savefig(FIGURES / "bits.webp", dpi=130, pil_kwargs={"quality": 80})
plt.show()
print(f"{title(test[shown])} {both[shown].mean():.3f} bits per character")

# %% [markdown]
# The same page by what the network changed: green characters need fewer bits with it than by the
# counts alone, purple ones more. The full colour stands for three bits.

# %%
CHANGE = LinearSegmentedColormap.from_list("change", ["#7b3294", "#f7f7f7", "#008837"])
gains = by_counts[shown] - both[shown]
figure, axis = plt.subplots(figsize=(9, 3.0), layout="constrained")
page(axis, test[shown], np.clip(0.5 + gains / 6, 0, 1), CHANGE)
figure.savefig(FIGURES / "gain.webp", dpi=130, pil_kwargs={"quality": 80})
plt.show()

# %% [markdown]
# ## Errors
#
# Sorting the characters says where the bits go. A word is *known* if it stands somewhere in the
# training chapters, in whatever case.

# %%
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
KINDS = ("first letter of a word", "later letters, known word", "later letters, new word", "rest")
known = {word.lower() for chapter in train for word in WORD.findall(chapter)}


def kinds(chapter):
    """The number in KINDS of each character of a chapter: (characters,)."""
    found = np.full(len(chapter), 3)
    for word in WORD.finditer(chapter):
        found[word.start() : word.end()] = 1 if word[0].lower() in known else 2
        found[word.start()] = 0
    return found


sorts = np.concatenate([kinds(chapter) for chapter in test])
columns = {"counts": by_counts, "with network": both}
flat = {name: np.concatenate(each) for name, each in columns.items()}
print(f"{'':26}{'characters':>11}{'bits':>7}", *(f"{name:>13}" for name in columns))
for number, kind in enumerate(KINDS):
    chosen = sorts == number
    share = flat["with network"][chosen].sum() / flat["with network"].sum()
    print(f"{kind:26}{chosen.mean():11.1%}{share:7.1%}", end=" ")
    print(*(f"{each[chosen].mean():13.3f}" for each in flat.values()))

# %% [markdown]
# The words that cost the most bits altogether, from the first letter to the last. Below them, the
# three test chapters with the fewest bits per character, and the three with the most.

# %%
costs = Counter()
for chapter, needed in zip(test, both, strict=True):
    for word in WORD.finditer(chapter):
        costs[word[0]] = max(costs[word[0]], needed[word.start() : word.end()].sum())
for word, cost in costs.most_common(12):
    print(f"{word} {cost:.0f}", end="  ")
print()
for n in (*ranked[:3], *ranked[-3:]):
    print(f"{both[n].mean():.3f} (counts {by_counts[n].mean():.3f})  {title(test[n])}")

# %% [markdown]
# ### What it writes
#
# A sample is no measure, and a reader wants to see one. The network in the middle goes on from the
# heading of a test chapter. Two numbers say whether it copies: how many of its words stand in the
# training chapters, and how long the longest piece is that stands there character by character.


# %%
def longest_copy(sample, text):
    """The longest piece of a sample that stands in the text."""
    best = ""
    for start in range(len(sample)):
        while sample[start : start + len(best) + 1] in text and start + len(best) < len(sample):
            best = sample[start : start + len(best) + 1]
    return best


heading = title(test[-1]) + "\n\n"
sample = evaluate.write(reader, counts, heading, 600, np.random.default_rng(0))
print(heading + sample)
words = [word.lower() for word in WORD.findall(sample)[:-1]]
copied = longest_copy(sample, "\n\n".join(train))
print(f"\nknown words: {np.mean([word in known for word in words]):.0%} of {len(words)}", end="; ")
print(f"longest copy: {len(copied)} characters, {copied!r}")

# %% [markdown]
# ## Limits
#
# One book by one author: nothing here says how the network would read another one. Its chapters
# know each other, and an unread one is full of names and turns that the others have, so the numbers
# are better than for a new book. Thirteen test chapters are few, and some are short. The counts are
# those of one method at its best of a stated grid; counts that go on learning while they read the
# unread chapter were not tried, nor was a network that is larger or trained for longer.

# %% [markdown]
# ## Rerun
#
# `python training.py` trains the three networks, and `python records.py` the ablation.
# `undergrad capstone run .` runs this notebook and keeps what it writes;
# `undergrad capstone check . --verify` runs a copy on a fresh kernel, trains one small seed in it,
# and computes the claim again from the saved networks. All randomness comes from the seeds at the
# top. `results.json` names the versions.
