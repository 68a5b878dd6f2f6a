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
# # {{ cookiecutter.title }}
#
# *A network written by hand learns to read handwritten digits, and is compared with a rule that
# needs no training at all.*
#
# This notebook runs from top to bottom in well under two minutes, without a network connection. It
# is a finished small project, so that yours can grow inside it instead of beginning with nothing.
#
# > **Make it yours.** Passages like this one say what to replace. Change one at a time, run
# > everything again, and let `undergrad capstone check .` tell you what still holds. When the last
# > of them is gone, the project is your own.

# %% [markdown]
# ## Question
#
# Can a small network, with one part whose gradient I worked out myself, read a digit better than
# *the closest average picture*? How sure can I be, given that training depends on chance?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The step below brings in the tools: NumPy for arrays, Matplotlib for figures, and the engine for
# gradients. What belongs to this project alone, the data, the network and the metric, lies in
# three small files beside this notebook, where tests can reach it.

# %%
import json
import platform
import time

import matplotlib.pyplot as plt
import numpy as np
from undergrad import __version__, mine
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.data import DataLoader, TensorDataset

import evaluate
from data import load
from model import network

SEEDS = (0, 1, 2)
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan

# %% [markdown]
# ## Data
#
# 1,797 digits of 8 by 8 pixels, written by 13 people, are split once, by a fixed seed: 60 %
# to train on, 20 % to choose settings with, and 20 % that are looked at in one place only, under
# *Evaluation*. Without that third part we would measure how well we chose, not how well it reads.
#
# > **Make it yours.** Return your own arrays from `load()` in `data.py`, and say here where they
# > come from, who made them, and what is missing from them.

# %%
train, validation, test = load()
print(f"train {len(train)}, validation {len(validation)}, test {len(test)}")
print("pictures of each digit in the training part:", np.bincount(train.labels))

# %% [markdown]
# Look before you train. The first sixteen training pictures show what a row of 64 numbers really
# is, and they show the difficulty too: some of these a person has to look at twice. If a label
# were wrong or a picture upside down, this is the cheapest place to notice.

# %%
figure, axes = plt.subplots(2, 8, figsize=(8, 2.4), layout="constrained")
for axis, picture, label in zip(axes.flat, train.inputs, train.labels, strict=False):
    axis.imshow(picture.reshape(8, 8), cmap="gray_r")
    axis.set_title(label, fontsize=10)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Baseline
#
# A result means nothing alone. The rule to beat: average all training pictures of each digit, and
# give a new picture to the average that is closest. It has no training loop and no settings, it
# takes four lines, and everything that our network adds has to show up as a better number.
#
# > **Make it yours.** Choose the simplest rule that somebody could use today in place of your
# > network. A baseline that you did not try to make good is no baseline.

# %%
centres = np.stack([train.inputs[train.labels == digit].mean(axis=0) for digit in range(10)])


def nearest_centre(inputs):
    """(n, 64) -> (n,): the digit whose average picture is closest."""
    distances = ((inputs[:, None, :] - centres) ** 2).sum(axis=2)  # (n, 10)
    return distances.argmin(axis=1)


print(f"validation accuracy {(nearest_centre(validation.inputs) == validation.labels).mean():.3f}")

# %% [markdown]
# ## Model
#
# Two linear layers with `swish` between them: 64 shades in, 64 hidden numbers, 10 scores out. The
# bend between the layers matters, since two linear maps in a row are again one linear map.
# `swish` is our own: `model.py` holds its formula and its slope, and a test measures that slope.
#
# Before any training each of the ten digits should seem equally likely, which is a loss of
# $\ln 10 \approx 2.303$. A very different number here would mean a mistake in the start weights or
# in the loss, and it costs one line to find out now.
#
# > **Make it yours.** Replace `swish` in `model.py` by the layer or the loss that your problem
# > needs, and keep a gradient check for it.

# %%
loss_of = nn.CrossEntropyLoss()
model = network(seed=0)
print(model)
print("numbers to learn:", sum(parameter.size for parameter in model.parameters()))
print(f"loss before training {loss_of(model(Tensor(train.inputs)), train.labels).item():.3f}")

# %% [markdown]
# A second cheap check: can the network learn 32 pictures by heart? It has far more weights than
# that takes, so the loss must fall to nearly nothing. If it does not, the gradient, the optimiser
# or the labels are broken, and no amount of data would help.

# %%
few, answers = Tensor(train.inputs[:32]), train.labels[:32]
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(200):
    optimizer.zero_grad()
    loss = loss_of(model(few), answers)
    loss.backward()
    optimizer.step()
print(f"loss on 32 pictures after 200 steps {loss.item():.5f}")

# %% [markdown]
# ## Training
#
# One pass over the training part is an epoch; each step takes 32 pictures, computes the loss, sends
# the gradient back and lets Adam change the weights. After every epoch the validation part says how
# the network does on pictures that it never learned from.
#
# Chance enters twice: in the start weights and in the order of the pictures. Both come from one
# seed, so each run can be repeated exactly; and we train three times, so that the spread between
# seeds tells us which differences mean something.
#
# > **Make it yours.** Choose the settings with the validation part only, and write down here what
# > else you tried.


# %%
def fit(seed, epochs=30, batch=32, rate=0.003):
    """Train one network; returns it with its (training loss, validation accuracy) an epoch."""
    model = network(seed)
    optimizer = optim.Adam(model.parameters(), lr=rate)
    examples = TensorDataset(train.inputs, train.labels)
    batches = DataLoader(examples, batch_size=batch, shuffle=True, rng=seed)
    history = []
    for _ in range(epochs):
        losses = []
        for inputs, labels in batches:
            optimizer.zero_grad()
            loss = loss_of(model(inputs), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append((np.mean(losses), evaluate.score(model, validation)))
    return model, np.array(history)


# %% [markdown]
# Now all three seeds, and each trained network is saved at once. The saved file, not the network in
# memory, is what the claim at the end rests on: `evaluate.py` loads it again, and so does everyone
# who wants to know whether the number is true.
#
# With `ENGINE` set to `"mine"` the training runs on your own engine: each part that you built in
# stage 3 takes the place of ours. The numbers should hardly change.

# %%
start = time.perf_counter()
histories = []
with mine.engine(ENGINE) as said:
    print("Training", said)
    for seed in SEEDS:
        model, history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: loss {history[-1, 0]:.4f}, validation accuracy {history[-1, 1]:.3f}")
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# The curves tell whether we stopped at a sensible moment. The loss should fall and flatten, and the
# validation accuracy should not come down again at the end: that would mean that the network has
# begun to learn its training pictures by heart. Lines that lie close together mean that chance
# plays a small part.

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for seed, history in zip(SEEDS, histories, strict=True):
    axes[0].plot(history[:, 0], label=f"seed {seed}")
    axes[1].plot(history[:, 1], label=f"seed {seed}")
axes[0].set(xlabel="epoch", ylabel="training loss", yscale="log")
axes[1].set(xlabel="epoch", ylabel="validation accuracy")
axes[1].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The test part is used here, for the first time and once. We score the *saved* networks, report
# every seed and their mean rather than the best one, and put the baseline's number on the same
# pictures beside them. What is claimed goes to `results.json`, together with the versions that
# produced it.
#
# > **Make it yours.** Change `score` in `evaluate.py` to your metric, and its name and target in
# > `capstone.toml`.

# %%
seeds = evaluate.scores()
baseline = float((nearest_centre(test.inputs) == test.labels).mean())
claim = {
    "metric": "test accuracy",
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
for seed, score in seeds.items():
    print(f"seed {seed}: {score:.3f}")
print(f"mean {claim['value']:.3f} ± {np.std(list(seeds.values())):.3f}, baseline {baseline:.3f}")

# %% [markdown]
# ## Errors
#
# An average hides its failures. Below are the ten test pictures that the first network finds
# hardest: the ones to whose true digit it gives the smallest chance. Each title says what it read
# and what was written. Sort them by eye: which would a person get wrong too, and which not?
#
# > **Make it yours.** Show your ten worst cases, sort them into kinds, and say what each kind would
# > need.

# %%
scores = evaluate.predict(evaluate.restore(SEEDS[0]), test.inputs)
right = scores[np.arange(len(test)), test.labels]
hardest = np.argsort(right - np.log(np.exp(scores).sum(axis=1)))[:10]
figure, axes = plt.subplots(1, 10, figsize=(10, 1.6), layout="constrained")
for axis, index in zip(axes, hardest, strict=True):
    axis.imshow(test.inputs[index].reshape(8, 8), cmap="gray_r")
    axis.set_title(f"{scores[index].argmax()}, not {test.labels[index]}", fontsize=8)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Limits
#
# The pictures are tiny, centred and clean, and the same 13 people wrote the training and the
# test pictures, so a stranger's hand may do worse. With 360 test pictures the accuracy itself is
# uncertain by about one point. Nothing here rejects what is no digit at all.
#
# > **Make it yours.** Say for whom your result holds, and what would break it.

# %% [markdown]
# ## Rerun
#
# `undergrad capstone run .` runs this notebook and keeps what it writes;
# `undergrad capstone check .` runs a copy on a fresh kernel and computes the claim again from the
# saved networks. All chance comes from the seeds at the top. `results.json` names the versions.
