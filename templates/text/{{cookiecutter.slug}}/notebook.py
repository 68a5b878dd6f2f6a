{% set torch = cookiecutter.framework == "torch" %}
{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *A small recurrent network learns to spell first names. Does it know anything that counted n-grams
# at their best do not? The answer is a number of bits, for names that neither has seen.*
#
# This notebook runs from top to bottom in about two minutes, without a network connection. It
# is a finished small project, so that yours can grow inside it instead of beginning with nothing.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# Counts of which letters follow which predict the next one well, as long as the last few letters
# were seen together before. A network learns what letters have in common, and how far back to look.
# Does a small one know anything about spelling that the best counts do not? If it does, the average
# of both predictions needs *fewer bits* for names that neither has seen. How sure can I be, since
# training is random, and a test set is a sample?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and {{ "PyTorch" if torch else "the engine" }} for
# gradients. The names, the network and the metric of this project are in three small files beside
# this notebook, where tests can reach them.

# %%
import json
import platform
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
{% if torch %}
import torch
from torch import nn, optim
from torch.optim.lr_scheduler import CosineAnnealingLR
from undergrad import __version__
from undergrad.capstone.metric import interval
{% else %}
from undergrad import __version__, mine
from undergrad.capstone.metric import interval
from undergrad.engine import nn, optim
from undergrad.engine.optim.lr_scheduler import CosineAnnealingLR
{% endif %}

import evaluate
from data import MARK, SYMBOLS, encoded, load
from evaluate import ORDER, NGram, bits, per_character, samples, together
from model import network

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
EPOCHS = 8
{% if not torch %}
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan
{% endif %}

# %% [markdown]
# ## Data
#
# 32,000 first names from the USA, each of them once, however often it was given. A fixed seed draws
# 80% for training, 10% for validation, and 10% for testing, which are used only under *Evaluation*.
# A mark stands before and after each name, so that its end is something to be predicted, too.
#
# > **Make it yours.** Return your own texts from `load()` in `data.py`, and say here who wrote
# > them, who may use them, and what is missing from them.

# %%
train, validation, test = load()
for name, part in (("train", train), ("validation", validation), ("test", test)):
    print(f"{name:10} {len(part):6,} names, {sum(map(len, part)) / len(part):.2f} letters each")
print("the first of them:", ", ".join(train[:8]))

# %% [markdown]
# ## Baseline
#
# A model that knows nothing needs $\log_2 27 \approx 4.75$ bits for each character. Counts need no
# training: an n-gram of order $n$ uses the last $n - 1$ letters, and mixes what followed them with
# what followed fewer of them. How they are mixed decides, and modified Kneser-Ney smoothing was the
# best of many ways in the comparison that `evaluate.py` cites. Longer contexts tell more and are
# seen less often, so the best order is chosen on the validation set, as we would do for a network.
#
# > **Make it yours.** Score several simple rules that somebody could use today instead of your
# > network, and choose the *best* as the one to beat. A baseline that you did not try to make good
# > is not a baseline.

# %%
by_order = {order: NGram(train, order).bits(validation) for order in range(1, 9)}
for order, needed in by_order.items():
    print(f"{order}-gram: {per_character(needed):.3f} bits per character")
best = min(by_order, key=lambda order: per_character(by_order[order]))
print(f"the best one has order {best}, the one in evaluate.py {ORDER}")

# %% [markdown]
# ## Model
#
# Each letter is embedded together with the one before it. Two blocks follow, and each has a memory:
# at every letter a gate sets which fraction of the memory is kept, and the letter fills the rest.
# That recurrence is our own. `model.py` holds `scan` and its derivatives, and a test compares them
# with numerical ones.
#
# Before training, each symbol should be about equally likely, which costs nearly as many bits as
# the logarithm of their number. A very different value would mean a mistake in the initialisation
# or in the loss, and one line reveals it now.
#
# > **Make it yours.** Replace `scan` in `model.py` with the layer or the loss that your problem
# > needs, and keep a gradient check for it.

# %%
model = network(seed=0)
print("parameters:", sum(parameter.{{ "numel()" if torch else "size" }} for parameter in model.parameters()))
print(f"expected about {np.log2(len(SYMBOLS)):.2f} bits per character")
print(f"before training {per_character(bits(model, train[:500])):.2f}")

# %% [markdown]
# A second cheap check asks whether the network can memorise eight names. Which of the eight comes
# cannot be known, and costs $\log_2 8 = 3$ bits; once the first letters have shown which one it is,
# the rest should cost nothing. So the bits per name must come close to 3. If they do not, the
# gradient, the optimiser or the targets are broken, and no number of names would help.


# %%
def loss_of(model, names):
    """The mean cross-entropy of all letters and ends, in nats; what fills up a name is left out."""
    read, targets = {{ "map(torch.from_numpy, encoded(names))" if torch else "encoded(names)" }}
    return nn.CrossEntropyLoss()(model(read).reshape(-1, len(SYMBOLS)), targets.reshape(-1))


optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(100):
    optimizer.zero_grad()
    loss = loss_of(model, train[:8])
    loss.backward()
    optimizer.step()
print(f"after 100 steps {sum(map(np.sum, bits(model, train[:8]))) / 8:.2f} bits per name")

# %% [markdown]
# ## Training
#
# One pass over the training names is an epoch; each step takes a minibatch of 128 names, computes
# the loss of all their letters and its gradient by a backward pass, and AdamW updates the weights.
# The learning rate falls to nothing along a cosine. Dropout and weight decay make it harder to
# memorise the names instead of learning how names are spelled. After every epoch the bits on the
# validation set show how well the network generalises.
#
# Three things are random: the initial weights, the order of the names and the dropout. All come
# from one seed, so each run can be repeated exactly; and we train three times, so that the interval
# over seeds shows which differences mean something.
#
# > **Make it yours.** Choose the settings with the validation set only, and write down here what
# > else you tried.


# %%
def fit(seed, blocks=2, epochs=EPOCHS, batch=128, rate=0.004):
    """Train one network; returns it with (training bits, validation bits) per epoch."""
{% if torch %}
    torch.manual_seed(seed)  # of the dropout
{% endif %}
    model, rng = network(seed, blocks=blocks), np.random.default_rng(seed)
    optimizer = optim.AdamW(model.parameters(), lr=rate, weight_decay=0.1)
    steps = len(train) // batch
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs * steps)
    history = []
    for _ in range(epochs):
        losses = []
        for chosen in rng.permutation(len(train))[: steps * batch].reshape(steps, batch):
            optimizer.zero_grad()
            loss = loss_of(model, [train[i] for i in chosen])
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item() / np.log(2))
        history.append((np.mean(losses), per_character(bits(model, validation))))
    return model, np.array(history)


# %% [markdown]
# Now we train with all three seeds, and save each trained network at once. The claim at the end
# rests on the saved file and not on the network in memory: `evaluate.py` loads it again, and so can
# anyone who doubts the number.
{% if not torch %}
#
# With `ENGINE` set to `"mine"`, the training runs on your own engine: each part that you built in
# stage 3 replaces ours. The numbers should hardly change.
{% endif %}

# %%
start = time.perf_counter()
histories = []
{% if torch %}
for seed in SEEDS:
    model, history = fit(seed)
    evaluate.save(model, seed)
    histories.append(history)
    print(f"seed {seed}: training {history[-1, 0]:.3f}, validation {history[-1, 1]:.3f} bits")
{% else %}
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: training {history[-1, 0]:.3f}, validation {history[-1, 1]:.3f} bits")
{% endif %}
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# The curves are those of the network alone, and show whether training ended at a sensible epoch.
# The dashed line is the best n-gram. Where the training bits keep falling and the validation bits
# rise again, the network memorises its names.

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained", sharey=True)
for seed, history in zip(SEEDS, histories, strict=True):
    axes[0].plot(history[:, 0], label=f"seed {seed}")
    axes[1].plot(history[:, 1])
for axis, part in zip(axes, ("training", "validation"), strict=True):
    axis.axhline(per_character(by_order[ORDER]), color="grey", linestyle="--", linewidth=1)
    axis.set(xlabel="epoch", ylabel=f"bits per character, {part}")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The test names are used here for the first time, and only once. The probabilities of each *saved*
# network are averaged with those of the best n-gram. We report every seed and their mean rather
# than the best one, and compare with the n-gram alone on the same names. The claim is written to
# `results.json`, together with the versions that produced it.
#
# > **Make it yours.** Change `score` in `evaluate.py` to your metric, and its name and target in
# > `capstone.toml`.

# %%
by_counts = NGram(train, ORDER).bits(test)
baseline = per_character(by_counts)
{% include "claim.py" %}

# %% [markdown]
# Seeds are one source of chance, and the names that happen to be tested are another. A bootstrap
# over the test names shows how much they matter. The n-gram is scored on the same drawn names with
# and without the network, because a name that is hard for one is mostly hard for the other, too. If
# the interval contained 0, another sample of names could turn the result around.


# %%
def per_name(needed):
    """Bits per name, (n,), instead of bits per character."""
    return np.array([costs.sum() for costs in needed])


by_network = [bits(evaluate.restore(seed), test) for seed in SEEDS]
with_network = [per_name(together(one, by_counts)) for one in by_network]
gain = per_name(by_counts) - np.mean(with_network, axis=0)
length = np.array([len(costs) for costs in by_counts])
drawn = np.random.default_rng(0).integers(len(test), size=(1000, len(test)))
low, high = np.quantile(gain[drawn].sum(axis=1) / length[drawn].sum(axis=1), (0.025, 0.975))
print(f"the network saves {gain.sum() / length.sum():.3f} bits per character", end="")
print(f", {low:.3f} to {high:.3f} over names")

# %% [markdown]
# ### What was taken away
#
# Two models that are averaged may need fewer bits than one, whatever they are. So the network is
# taken away, and the n-gram of another order that helps most is put in its place: what the network
# gains beyond that comes from what it learned. Then the counts are taken away. All of it is
# measured on the validation names, because the test names have been used.
#
# > **Make it yours.** Take away one part at a time, yours first, and leave all else as it is.

# %%
counts = by_order[ORDER]
others = {n: per_character(together(by_order[n], counts)) for n in by_order if n != ORDER}
helps = min(others, key=others.get)
alone = [history[-1, 1] for history in histories]
both = [evaluate.score(evaluate.restore(seed), validation, counts) for seed in SEEDS]
print(f"counts: {per_character(counts):.3f}, and with order {helps} besides: {others[helps]:.3f}")
for name, values in (("network alone", alone), ("network and counts", both)):
    low, high = interval([others[helps] - value for value in values])
    print(f"{name}: {np.mean(values):.3f}, which is {low:.3f} to {high:.3f} below two n-grams")

# %% [markdown]
# ### What it writes
#
# A thousand names are sampled from the first network. Some of them should be names that really
# exist and that it has never seen: those of the validation and test sets can be counted. If nearly
# all stood in the training set, it would have memorised its list.

# %%
drawn = samples(evaluate.restore(SEEDS[0]), 1000, np.random.default_rng(0))
known, unseen = set(train), {*validation, *test}
new = [name for name in drawn if name not in known | unseen]
print("new ones:", ", ".join(new[:12]))
print(f"in the training set {np.mean([name in known for name in drawn]):.1%}, ", end="")
print(f"real and never seen {np.mean([name in unseen for name in drawn]):.1%}")

# %% [markdown]
# ## Errors
#
# An average hides its failures. The figure shows test names, each letter shaded by the bits that
# the first network needed for it: on the left the names with the fewest bits per character, in the
# middle usual ones, on the right those with the most. The table splits all test characters by their
# position. When this template was made, the counts were better at the second to the fourth letter,
# and the network at the end of a name.
#
# > **Make it yours.** Show your worst cases, sort them into kinds, and say what each kind would
# > need.

# %%
needed = by_network[0]
ranked = sorted(range(len(test)), key=lambda i: needed[i].mean())
middle = len(ranked) // 2
columns = ranked[:8], ranked[middle : middle + 8], ranked[-8:]
figure, axis = plt.subplots(figsize=(9, 2.6), layout="constrained")
for left, column in enumerate(columns):
    for row, index in enumerate(column):
        for n, letter in enumerate(test[index] + MARK):
            at, cost = (17 * left + n, -row), needed[index][n]
            shade = plt.cm.Oranges(min(cost / 10, 0.8))
            axis.add_patch(plt.Rectangle(at, 1, 1, color=shade))
            axis.text(at[0] + 0.5, at[1] + 0.5, letter, ha="center", va="center", fontsize=9)
axis.set(xlim=(0, 50), ylim=(-7, 1))
axis.axis("off")
figure.savefig(FIGURES / "bits.png", dpi=150)
plt.show()


def at_position(costs, n):
    """The mean bits of the letter n, counted from 0, or with -1 of the end of a name."""
    return np.mean([each[n] for each in costs if n + 1 < len(each)])


for n in (*range(6), -1):
    name = "the end" if n < 0 else f"letter {n + 1}"
    by_position = f"network {at_position(needed, n):.2f}, counts {at_position(by_counts, n):.2f}"
    print(f"{name:8}: {by_position}")

# %% [markdown]
# ## Limits
#
# The names are those that were given in the USA at least 138 times, and each counts once, so
# nothing here is about how often a name is given, nor about other countries. Many names have twins
# that differ by one letter, and the split may put one into each set; on names from elsewhere both
# models would need more bits. A bit saved says little about whether a sampled name sounds good.
#
# > **Make it yours.** Say for whom your result holds, and what would break it.

{% include "rerun.py" %}
