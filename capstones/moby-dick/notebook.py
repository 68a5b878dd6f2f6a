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
# *How many bits does a chapter of a novel need, from somebody who has read the others? Counts of
# which letters follow which are hard to beat on a single book. A small recurrent network does not
# try: it reads along, and says at every character which of eighteen counts to trust.*
#
# This is a worked capstone: a question, a strong baseline, a small network, and where it is wrong.
# It runs from top to bottom in about two minutes on an idle laptop, offline.

# %% [markdown]
# ## Question
#
# If you can predict the next character of a text, you can store the text in few bits: one that was
# expected with probability $p$ takes $-\log_2 p$ of them. Counts of n-grams predict well as long as
# the last few characters were seen together before, and there are many of them: with short contexts
# and long ones, of the whole book and of the chapter so far. Which one is right changes from
# character to character. Does a small network learn when to trust which, so that it needs *fewer
# bits* for unread chapters than the counts at their best?
#
# The plan, with the target and the rule for stopping, was written before the test chapters were
# scored and is in `plan.md`. The tools come first. `data.py` splits the book, `baseline.py` counts,
# `experts.py` asks all counts about a chapter, `model.py` holds the network with the two functions
# that were derived by hand, `training.py` the loop, and `evaluate.py` the metric.

# %%
import json
import platform
import re
import textwrap
import time
from collections import Counter
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from undergrad import __version__, mine
from undergrad.capstone.metric import interval
from undergrad.engine import optim

import evaluate
from baseline import REACH, KneserNey, fixed_weights, so_far
from data import PAIRS, SYMBOLS, encode, load, title
from evaluate import bits, per_chapter_interval, per_character
from experts import EXPERTS, FEATURES, ORDER, SCALE, STRENGTHS, consult
from model import SPANS, log_mixture, network
from training import FOLDS, fit, lesson

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

# %% [markdown]
# What decides how long a run takes stands in one cell. A check with `--verify` puts the small
# values of `capstone.toml` in their place, trains once, and scores the networks that are saved.

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
STEPS = 1000
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
by_order = {order: per_character(KneserNey(train, order).bits(unread)) for order in range(1, 10)}
print(*(f"order {order}: {needed:.3f}" for order, needed in by_order.items()), sep=", ")
best = min(by_order, key=by_order.get)
scales = (0.8, 0.9, 1.0, 1.1, 1.2)
by_scale = {scale: per_character(KneserNey(train, best, scale).bits(unread)) for scale in scales}
print(*(f"discounts x {scale}: {needed:.4f}" for scale, needed in by_scale.items()), sep=", ")
scale = min(by_scale, key=by_scale.get)
print(f"best: order {best}, discounts x {scale}; in experts.py {ORDER} and {SCALE}")

# %% [markdown]
# A reader knows the book, and also the chapter so far. Counts can go on while they read: what
# followed a context earlier in the same chapter is counted, and the book stands for a number of
# such counts, its strength. Both are tried on a grid. It helps, so this is the stronger rule. Its
# best context is the longest one tried, and the last character of it saves less than 0.001 bits.

# %%
counts = KneserNey(train, ORDER, SCALE)
texts = [encode(chapter) for chapter in unread]
book = [counts.probabilities(text) for text in texts]
grid = {}
for strength in (8, 16, 32, 64, 128):
    pairs = zip(texts, book, strict=True)
    found = -np.log2(np.concatenate([so_far(*pair, strength)[0] for pair in pairs]))
    print(f"strength {strength:3}:", *(f"{needed:.4f}" for needed in found.mean(axis=0)), end="")
    print(f" by {REACH[0]} to {REACH[-1]} characters")
    grid |= {(strength, length): found[:, n].mean() for n, length in enumerate(REACH)}
strength, length = min(grid, key=grid.get)
print(f"best: strength {strength}, {length} characters; in experts.py up to {STRENGTHS[-1]:.0f}")

# %% [markdown]
# The last rule mixes all of these counts with fixed weights, the same at every character. They are
# fitted in the way in which the network will learn below. It is the rule to beat, because it has
# everything that the network has, except for an eye on the text.

# %%
start = time.perf_counter()
learned = lesson(train)
weights = fixed_weights(learned.chances[::7].astype(np.float64))
known = [consult(counts, text) for text in texts]


def mixed(experts):
    """The bits of each chapter by the mixture with fixed weights."""
    return [-np.log2(each.chances @ weights) for each in experts]


names = [f"book, order {n}" for n in range(1, ORDER + 1)]
names += [f"so far, {n} x {by:.0f}" for by, n in product(STRENGTHS, REACH)]
for number in np.argsort(-weights)[:6]:
    print(f"{names[number]:18} weight {weights[number]:.2f}")
alike = per_character([-np.log2(each.chances.mean(axis=1)) for each in known])
unread_fixed = mixed(known)
print(f"validation: all {EXPERTS} alike {alike:.4f}, fixed weights", end=" ")
print("{:.4f} ({:.3f} to {:.3f} over chapters)".format(*per_chapter_interval(unread_fixed)))

# %% [markdown]
# ## Model
#
# The network reads each pair of characters, how often each count has seen what stands before the
# next one, and what each gave to the last one. It answers with a logit for each of the 18 counts,
# and the softmax of these are the weights of the mixture. So it can only be as good as the counts
# let it be, and it cannot invent a character. Mixtures of this kind are described by Neubig and
# Dyer 2016, "Generalizing and hybridizing count-based and neural language models".
#
# Two parts are our own, and `model.py` derives their gradients, which a test compares with
# numerical ones. `log_mixture` is the logarithm of what the mixture gives to the true character.
# `memory` is a recurrence: every feature is an average of what was read, in which older values
# fade. A gate, computed from what is read, says how much of the average is kept. How long a memory
# lasts depends on the bias of its gate. The biases start at different values, so that the first
# feature forgets after 2 characters and the last one after 500, about a paragraph; this is known as
# chrono initialisation. Before training, all counts are trusted alike.

# %%
model = network(seed=0)
print(f"{sum(parameter.size for parameter in model.parameters()):,} parameters,", end=" ")
print(f"{model.embedding.weight.size:,} of them for {PAIRS:,} pairs of characters")
lasting = np.geomspace(*SPANS, model.embedding.weight.shape[1])
print("memories last for", *(f"{span:.0f}" for span in lasting[::9]), "characters at first")
print(f"{FEATURES} features for each character; before training", end=" ")
print(f"{per_character(bits(model, unread, counts)):.4f} bits, as above")

# %% [markdown]
# A cheap check before the long run: a network whose gradients are right can memorise which of the
# counts was best at each of 130 characters. The least that any weights could need is what the best
# count needs at every place. It must come most of the way there; not all of it, because a count
# that has lost its weight gets no gradient to win it back. If it stayed where it begins, the fault
# would be in the memory, in the mixture or in the optimiser.

# %%
here = np.arange(1000, 1132)[:, None]
chances = learned.chances[here[2:]]
optimizer = optim.Adam(model.parameters(), lr=0.003)
needed = []
for _ in range(300):
    optimizer.zero_grad()
    logits, _ = model(learned.text[here[:-1]], learned.features[here[2:]], model.nothing(1))
    loss = -log_mixture(logits, chances).mean()
    loss.backward()
    optimizer.step()
    needed.append(loss.item() / np.log(2))
print(f"{needed[0]:.3f} bits per character, after 300 steps {needed[-1]:.3f}", end=", ")
print(f"the least is {-np.log2(chances.max(axis=2)).mean():.3f}")

# %% [markdown]
# ## Training
#
# Counts are far too sure of a text that they have counted themselves, because all its n-grams are
# known to them. A network that learned beside such counts would learn to trust the longest context
# always. So the training chapters are divided into five groups, and the counts that speak about a
# chapter are those of the other four groups. This is called *cross-fitting*. At inference, the
# counts are those of all training chapters.

# %%
deceived = lesson(train, folds=1)
for folds, given in (("counted themselves", deceived), (f"{FOLDS} groups", learned)):
    needed = -np.log2(given.chances[:, ORDER - 1]).mean()
    print(f"training chapters, {folds}: {needed:.3f} bits per character by order {ORDER}")
del deceived

# %% [markdown]
# Sixteen streams read the training chapters from places that are equally far apart, 128 characters
# of each in one step. A stream goes on where it stopped, and what it remembers is carried over, so
# that a memory may become longer than a stretch although the gradient covers only one. The learning
# rate of AdamW rises briefly, then falls to nearly 0 along a cosine. The settings were chosen on
# the validation chapters, with a seed that is used for nothing else; `plan.md` lists what was
# tried. No step is picked: the last network counts.
#
# With `ENGINE` set to `"mine"` the training runs on your own engine: each part that you built in
# stage 3 replaces ours.

# %%
start = time.perf_counter()
beginnings = [chapter[:2000] for chapter in unread]
histories = {}


def report(model):
    """The bits for the beginnings of the validation chapters."""
    return {"validation": per_character(bits(model, beginnings, counts))}


with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, histories[seed] = fit(learned, seed, STEPS, report=report)
        evaluate.save(model, seed)
        last = histories[seed][-1]
        print(f"seed {seed}: training {last['training']:.3f}, validation {last['validation']:.3f}")
print(f"{time.perf_counter() - start:.0f} s for {len(SEEDS)} networks")

# %% [markdown]
# The dashed lines show the fixed weights, on the training chapters and on the same beginnings of
# the validation chapters. After 100 steps the networks are about as good on unread pages, after 200
# they are better, and the curves fall together to the end, so nothing is memorised. The training
# curve jumps because each point is the mean of other pages, and some pages are harder.

# %%
levels = {
    "training": -np.log2(learned.chances @ weights.astype(np.float32)).mean(),
    "validation": per_character([needed[:2000] for needed in unread_fixed]),
}
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for axis, (part, level) in zip(axes, levels.items(), strict=True):
    for seed, history in histories.items():
        steps, heights = zip(*((each["step"], each[part]) for each in history), strict=True)
        axis.plot(steps, heights, marker="o", markersize=3, label=f"seed {seed}")
    axis.axhline(level, color="grey", linestyle="--", linewidth=1)
    axis.set(xlabel="step", ylabel=f"bits per character, {part}")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The test chapters are used here for the first time. The claim comes from the *saved* networks: the
# mean over all three seeds stands beside the best rule without a network, on the same chapters. It
# is written to `results.json`, together with the versions that produced it.

# %%
test_known = [consult(counts, encode(chapter)) for chapter in test]
by_fixed = mixed(test_known)
baseline = per_character(by_fixed)
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
alone, reading = (
    per_character([-np.log2(each.chances[:, n]) for each in test_known]) for n in (ORDER - 1, -1)
)
print(f"| network | {claim['value']:.4f} | {low:.4f} to {high:.4f} |")
print(f"| all counts with fixed weights | {baseline:.4f} | |")
print(f"| counts that go on in the chapter | {reading:.4f} | |")
print(f"| counts of the book alone, order {ORDER} | {alone:.4f} | |")

# %% [markdown]
# ### How sure is the difference?
#
# That interval is over seeds, and says nothing about other chapters. All models read the same 13
# chapters, so a paired bootstrap draws whole chapters and takes the difference each time: a chapter
# that is hard for one is hard for the others, too.

# %%
middle = sorted(SEEDS, key=lambda seed: seeds[seed])[len(SEEDS) // 2]
needed = by_network[middle]
by_book = [-np.log2(each.chances[:, ORDER - 1]) for each in test_known]
for name, theirs in (("fixed weights", by_fixed), ("the book alone", by_book)):
    gains = [other - ours for ours, other in zip(needed, theirs, strict=True)]
    gain, low, high = per_chapter_interval(gains)
    print(f"seed {middle} saves {gain:.4f} ({low:.4f} to {high:.4f}) against {name}", end="; ")
    print(f"fewer bits in {sum(each.mean() > 0 for each in gains)} of {len(test)} chapters")

# %% [markdown]
# ### What was taken away
#
# `records.py` took parts away, on the same seeds, and scored the validation chapters, so that the
# test chapters are used once. *What it has read before* needs no training: the network reads
# windows, and knows the last 2 or 3 characters only, beside its features. The other rows are new
# trainings. Without *cross-fitting*, the counts have read the chapters that the network learns
# from. Without *the chapter so far*, only the counts of the book are left. A gain above 0 is what
# the part was worth.

# %%
ablation = json.loads(Path("ablation.json").read_text("utf-8"))
print("everything:", *(f"{score:.4f}" for score in ablation["full"].values()))
for row in ablation["rows"]:
    print(row["says"])
    print("    {gain:+.4f} ({low:+.4f} to {high:+.4f});".format(**row), end=" by seed")
    print("", *(f"{score:.4f}" for score in row["seeds"].values()))

# %% [markdown]
# ### How far back it looks
#
# The features are the same here, and the network reads windows of growing length beside them: at
# each character it has read at least as many as the axis shows, and less than twice as many. The
# dashed line is the network that has read all of the chapter so far.

# %%
lengths = (2, 4, 8, 16, 32, 64, 128, 256)
reader = evaluate.restore(middle)
by_length = {
    length: per_character(evaluate.forgetful(reader, unread, counts, length)) for length in lengths
}
whole = per_character(bits(reader, unread, counts))
figure, axis = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
axis.plot(by_length.keys(), by_length.values(), marker="o", label="network")
axis.axhline(whole, linestyle="--", linewidth=1)
axis.axhline(per_character(unread_fixed), color="grey", linewidth=1, label="fixed weights")
axis.set(xscale="log", xlabel="characters that the network has read", ylabel="bits per character")
axis.set_xticks(lengths)
axis.xaxis.set_major_formatter("{x:.0f}")
axis.minorticks_off()
axis.legend(frameon=False)
figure.savefig(FIGURES / "context.png", dpi=130)
plt.show()
print(*(f"{length}: {each:.4f}" for length, each in by_length.items()), f"all: {whole:.4f}")

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
ranked = sorted(range(len(test)), key=lambda n: needed[n].mean())
shown = ranked[len(ranked) // 2]
figure, axis = plt.subplots(figsize=(9, 3.4), layout="constrained")
page(axis, test[shown], np.minimum(needed[shown] / 8, 1), SHADES)
shade = plt.cm.ScalarMappable(plt.Normalize(0, 8), SHADES)
bar = figure.colorbar(shade, ax=axis, orientation="horizontal", shrink=0.4, aspect=40, pad=0.02)
bar.set_ticks([0, 2, 4, 6, 8], labels=["0 bits", "2", "4", "6", "8 and more"])
bar.outline.set_visible(False)
figure.savefig(FIGURES / "bits.webp", dpi=130, pil_kwargs={"quality": 80})
plt.show()
print(f"{title(test[shown])} {needed[shown].mean():.3f} bits per character")

# %% [markdown]
# The same page by what the network changed: green characters need fewer bits than by fixed weights,
# purple ones more. The full colour stands for two bits. It changes a little at most characters, and
# pays now and then for having trusted the wrong count.

# %%
CHANGE = LinearSegmentedColormap.from_list("change", ["#7b3294", "#f7f7f7", "#008837"])
gains = by_fixed[shown] - needed[shown]
figure, axis = plt.subplots(figsize=(9, 3.0), layout="constrained")
page(axis, test[shown], np.clip(0.5 + gains / 4, 0, 1), CHANGE)
figure.savefig(FIGURES / "gain.webp", dpi=130, pil_kwargs={"quality": 80})
plt.show()
for name, chosen in (("fewer", gains > 0), ("more", gains < 0)):
    print(f"{name} bits for {chosen.mean():.0%} of the characters", end=", ")
    print(f"{abs(gains[chosen]).mean():.3f} on average")

# %% [markdown]
# ## Errors
#
# Sorting the characters says where the bits go, and where the network helps. A word is *known* if
# it stands somewhere in the training chapters, with small letters or capitals. First letters are
# 18% of the characters and cost 37% of the bits. The network saves most in words that the book does
# not know, where the counts disagree, and at first letters; it saves something everywhere.

# %%
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
KINDS = ("first letter of a word", "later letters, known word", "later letters, new word", "rest")
vocabulary = {word.lower() for chapter in train for word in WORD.findall(chapter)}


def kinds(chapter):
    """The number in KINDS of each character of a chapter: (characters,)."""
    found = np.full(len(chapter), 3)
    for word in WORD.finditer(chapter):
        found[word.start() : word.end()] = 1 if word[0].lower() in vocabulary else 2
        found[word.start()] = 0
    return found


sorts = np.concatenate([kinds(chapter) for chapter in test])
columns = {"book alone": by_book, "fixed weights": by_fixed, "network": needed}
flat = {name: np.concatenate(each) for name, each in columns.items()}
print(f"{'':26}{'characters':>11}{'bits':>7}", *(f"{name:>13}" for name in columns))
for number, kind in enumerate(KINDS):
    chosen = sorts == number
    share = flat["network"][chosen].sum() / flat["network"].sum()
    print(f"{kind:26}{chosen.mean():11.1%}{share:7.1%}", end=" ")
    print(*(f"{each[chosen].mean():13.3f}" for each in flat.values()))

# %% [markdown]
# The words that cost the most bits altogether, from the first letter to the last, and below them
# the three test chapters with the fewest bits per character, and the three with the most. There are
# three kinds. Chapter 40 is the scene of a play, and its sailors are named in capitals: no count
# knows that NANTUCKET is Nantucket. Holofernes and Tamerlane come from other books. And words such
# as *hydrophobia* stand in this one chapter only. The first kind would need letters that know their
# capitals, the others a larger library.

# %%
costs = Counter()
for chapter, each in zip(test, needed, strict=True):
    for word in WORD.finditer(chapter):
        costs[word[0]] = max(costs[word[0]], each[word.start() : word.end()].sum())
words = [f"{word} {cost:.0f}" for word, cost in costs.most_common(12)]
print(", ".join(words[:6]), ", ".join(words[6:]), sep=",\n", end="\n\n")
for n in (*ranked[:3], *ranked[-3:]):
    print(f"{needed[n].mean():.3f} (fixed weights {by_fixed[n].mean():.3f})  {title(test[n])}")

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


heading = title(test[-1])
sample = evaluate.write(reader, counts, f"{heading}\n\n", 500, np.random.default_rng(0))
print(heading, *(textwrap.fill(each, 88) for each in sample.split("\n\n")), sep="\n\n", end="\n\n")
words = [word.lower() for word in WORD.findall(sample)[:-1]]
copied = longest_copy(sample, "\n\n".join(train))
print(
    f"known words: {np.mean([word in vocabulary for word in words]):.0%} of {len(words)}",
    end="; ",
)
print(f"longest copy: {len(copied)} characters, {copied!r}")

# %% [markdown]
# ## Limits
#
# One book by one author: nothing here says how the network would read another one. Its chapters
# know each other, and an unread one is full of names and turns that the others have, so the numbers
# are better than for a new book. Thirteen test chapters are few, and some are short.
#
# The target of 1.93 was missed by 0.005. It was an absolute number, named by the validation
# chapters, on which the rule to beat needs 1.954 bits. On the test chapters the same rule needs
# 1.966: they are harder, for all models. What was meant is the difference, and the plan should have
# named that.
#
# The network is bound to its counts. A larger one that predicts characters by itself was not
# trained: pilots in `plan.md` were far behind the counts after 400 steps, and how many it would
# take to catch up was not tried. Contexts of whole words, which compressors use, were not given to
# it either.

# %% [markdown]
# ## Rerun
#
# `undergrad capstone run .` runs this notebook and keeps what it writes;
# `undergrad capstone check .` runs a copy on a fresh kernel and computes the claim again from the
# saved networks. All randomness comes from the seeds at the top. `python records.py` trains the
# ablation. `results.json` names the versions.
