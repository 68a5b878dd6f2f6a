{% set torch = cookiecutter.framework == "torch" %}
{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *A small network learns how probable an image of clothes is, and is compared with the best mixture
# of templates, by how many bits each of them needs for an image that it has never seen.*
#
# This notebook runs from top to bottom in about two minutes, without a network connection. It
# is a finished small project, so that yours can grow inside it instead of beginning with nothing.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# A mixture of templates holds the outlines of many clothes, and all pixels of a template are
# independent. A network can predict each pixel from those above it and to its left. Does a small
# one know better *what clothes look like*? Samples may look good and still be copies, or all alike.
# So the measure is a number: to how many bits would a model compress an image that it has never
# seen? How sure can I be, since training is random, and a test set is a sample?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and {{ "PyTorch" if torch else "the engine" }} for
# gradients. The data, the network and the metric of this project are in three small files beside
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
from undergrad import __version__, datasets
from undergrad.capstone.metric import interval
{% else %}
from undergrad import __version__, datasets, mine
from undergrad.capstone.metric import interval
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.optim.lr_scheduler import CosineAnnealingLR
{% endif %}

import evaluate
from data import SIDE, load
from evaluate import bits, fit_mixture, samples
from model import network

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
EPOCHS = 30
{% if not torch %}
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan
{% endif %}

# %% [markdown]
# ## Data
#
# 6,000 photographs of clothes of ten kinds: 4,000 for training, 1,000 for validation, and 1,000 for
# testing, which are used only under *Evaluation*. Four pixels become one, which is bright or dark.
# So there are $2^{196}$ possible images, and a model gives each of them a probability. A test image
# that equals a training image tests nothing, and the last line counts them.
#
# > **Make it yours.** Return your own arrays from `load()` in `data.py`, and say here where they
# > come from, who made them, and what is missing from them.

# %%
train, validation, test = load()
known, unseen, last = (part.images for part in (train, validation, test))
rows = {row.tobytes() for row in known}
print(f"train {len(known)}, validation {len(unseen)}, test {len(last)}, {known.mean():.0%} bright")
print("test images that equal a training image:", sum(row.tobytes() in rows for row in last))

# %% [markdown]
# Look before you train. The first twelve training images show what is left of the photographs:
# outlines, and of some clothes a pattern. Most can still be named, which is the least that it takes
# to judge a sample by eye.

# %%
figure, axes = plt.subplots(1, 12, figsize=(9, 1), layout="constrained")
for axis, image in zip(axes, known, strict=False):
    axis.imshow(image.reshape(SIDE, SIDE), cmap="gray")
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Baseline
#
# A model that knows nothing needs 196 bits for an image, one for each pixel. One template is
# better: it knows how often each pixel is bright. The rule to beat is a mixture of many templates,
# fitted by expectation maximisation. The grid below is searched for the best number of templates
# *and* the best prior, which counts as so many average images added to each template, on the
# validation set, as we would do for a network.
#
# > **Make it yours.** Score several simple rules that somebody could use today instead of your
# > network, and choose the *best* as the one to beat. A baseline that you did not try to make good
# > is not a baseline.

# %%
counts, priors = (1, 320, 1000, 1500), (0.2, 0.5, 1)
mixtures = {(n, prior): fit_mixture(known, n, prior) for n in counts for prior in priors}
grid = {key: mixture.bits(unseen).mean() for key, mixture in mixtures.items()}
for n in counts:
    print(f"{n:4} templates:", ", ".join(f"{grid[n, prior]:.2f}" for prior in priors), "bits")
chosen = min(grid, key=grid.get)
best = mixtures[chosen]
print(f"the best: {chosen[0]} templates with a prior of {chosen[1]}")

# %% [markdown]
# ## Model
#
# The network reads an image row by row, and predicts each pixel from all pixels before it. The
# product of these 196 probabilities is that of the image. One pass computes all of them at once,
# because masks close every path from a pixel to itself and to those before it. The masked layer is
# our own: `model.py` holds it with its derivatives. Tests compare these with numerical ones, and
# add up the probabilities of all images of eight pixels.
#
# Before training, each pixel should be about a coin toss, which costs 196 bits for an image. A very
# different number would mean a mistake in the initialisation or in the loss.
#
# > **Make it yours.** Replace `masked_linear` in `model.py` with the layer or the loss that your
# > problem needs, and keep a gradient check for it.

# %%
model = network(seed=0)
print("parameters:", sum(parameter.{{ "numel()" if torch else "size" }} for parameter in model.parameters()))
print(f"before training {bits(model, known).mean():.1f} bits per image")

# %% [markdown]
# A second cheap check asks whether the network can memorise eight images. Which of the eight comes
# cannot be known, and costs $\log_2 8 = 3$ bits; once the first pixels have shown which one it is,
# the rest should cost hardly anything. So of the 196 bits only a few may be left, and never fewer
# than 3. If more are left, the gradient, the optimiser or the masks are broken, and no amount of
# data would help.


# %%
def loss_of(model, images):
    """The mean of -log p of the images, in nats: the cross-entropy of all pixels, added up."""
{% if torch %}
    images = torch.from_numpy(images)
    return nn.BCEWithLogitsLoss(reduction="sum")(model(images), images) / len(images)
{% else %}
    return nn.BCEWithLogitsLoss(reduction="sum")(model(Tensor(images)), images) / len(images)
{% endif %}


optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(200):
    optimizer.zero_grad()
    loss = loss_of(model, known[:8])
    loss.backward()
    optimizer.step()
print(f"after 200 steps {bits(model, known[:8]).mean():.2f} bits per image")

# %% [markdown]
# ## Training
#
# One pass over the training part is an epoch; each step takes a minibatch of 64 images, computes
# the loss of all their pixels and its gradient by a backward pass, and AdamW updates the weights.
# The learning rate falls to nothing along a cosine. Four thousand images are few, so dropout leaves
# out half of the hidden units in each step, and weight decay keeps the weights small. After every
# epoch the bits on the validation set show how well the network generalises.
#
# Three things are random: the initial weights, the order of the images and the dropout. All come
# from one seed, so each run can be repeated exactly; and we train three times, so that the interval
# over seeds shows which differences mean something.
#
# > **Make it yours.** Choose the settings with the validation set only, and write down here what
# > else you tried.


# %%
def fit(seed, hidden=512, epochs=EPOCHS, batch=64, rate=0.002):
    """Train one network; returns it with (training bits, validation bits) per epoch."""
{% if torch %}
    torch.manual_seed(seed)  # of the dropout
{% endif %}
    model, rng = network(seed, hidden), np.random.default_rng(seed)
    optimizer = optim.AdamW(model.parameters(), lr=rate, weight_decay=0.1)
    steps = len(known) // batch
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs * steps)
    history = []
    for _ in range(epochs):
        losses = []
        for drawn in rng.permutation(len(known))[: steps * batch].reshape(steps, batch):
            optimizer.zero_grad()
            loss = loss_of(model, known[drawn])
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item() / np.log(2))
        history.append((np.mean(losses), evaluate.score(model, validation)))
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
    print(f"seed {seed}: training {history[-1, 0]:.2f}, validation {history[-1, 1]:.2f} bits")
{% else %}
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: training {history[-1, 0]:.2f}, validation {history[-1, 1]:.2f} bits")
{% endif %}
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# The curves show whether training ended at a sensible epoch. Both should fall below the dashed line
# of the best mixture, although dropout makes the training bits look worse than they are. Where the
# training bits fall on and the validation bits rise again, the network memorises its images.

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained", sharey=True)
for seed, history in zip(SEEDS, histories, strict=True):
    axes[0].plot(history[:, 0], label=f"seed {seed}")
    axes[1].plot(history[:, 1])
for axis, part in zip(axes, ("training", "validation"), strict=True):
    axis.axhline(grid[chosen], color="grey", linestyle="--", linewidth=1)
    axis.set(xlabel="epoch", ylabel=f"bits per image, {part}")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The test images are used here for the first time, and only once. We score the *saved* networks,
# report every seed and their mean rather than the best one, and compare with the best mixture on
# the same images. The claim is written to `results.json`, together with the versions that produced
# it.
#
# > **Make it yours.** Change `score` in `evaluate.py` to your metric, and its name and target in
# > `capstone.toml`.

# %%
by_mixture = best.bits(last)
baseline = float(by_mixture.mean())
{% include "claim.py" %}

# %% [markdown]
# Seeds are one source of chance, and the images that happen to be tested are another. A bootstrap
# over the test images shows how much they matter. Both models are scored on the same drawn images,
# because an image that is hard for one of them is mostly hard for the other, too. If the interval
# contained 0, another sample of images could turn the result around.

# %%
by_network = np.array([bits(evaluate.restore(seed), last) for seed in SEEDS])
gain = by_mixture - by_network.mean(axis=0)
drawn = np.random.default_rng(0).integers(len(last), size=(1000, len(last)))
low, high = np.quantile(gain[drawn].mean(axis=1), (0.025, 0.975))
print(f"the network saves {gain.mean():.2f} bits per image, {low:.2f} to {high:.2f} over images")

# %% [markdown]
# ### What was taken away
#
# Are the hidden layers needed at all? Without them, each pixel is predicted by a logistic
# regression on the pixels before it, which is another simple rule, and a strong one. The same
# training shows it, seed by seed, on the validation images, because the test images have been used.
#
# > **Make it yours.** Take away one part at a time, yours first, and leave all else as it is.

# %%
{% if torch %}
less = [fit(seed, hidden=0)[1][-1, 1] for seed in SEEDS]
{% else %}
with mine.engine(ENGINE):
    less = [fit(seed, hidden=0)[1][-1, 1] for seed in SEEDS]
{% endif %}
gains = [one - history[-1, 1] for one, history in zip(less, histories, strict=True)]
low, high = interval(gains)
print(f"without hidden layers: {np.mean(less):.2f} bits per validation image")
print(f"the hidden layers save {np.mean(gains):.2f}, {low:.2f} to {high:.2f}")

# %% [markdown]
# ### What it draws
#
# The rows show test images, samples of the first network, and samples of the mixture. Fewer bits do
# not mean better pictures. When this template was made, the samples of the network looked no more
# like clothes than those of the mixture, because a template that is close to a training image
# looks good, even if an unseen image is improbable under it.

# %%
first, rng = evaluate.restore(SEEDS[0]), np.random.default_rng(0)
rows = {"test": last, "network": samples(first, 200, rng), "mixture": best.samples(200, rng)}
figure, axes = plt.subplots(3, 12, figsize=(9, 2.6), layout="constrained")
for row, (name, images) in zip(axes, rows.items(), strict=True):
    for axis, image in zip(row, images, strict=False):
        axis.imshow(image.reshape(SIDE, SIDE), cmap="gray")
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(name, fontsize=8)
figure.savefig(FIGURES / "samples.png", dpi=150)
plt.show()

# %% [markdown]
# A generative model could also copy. A sample should differ from the closest training image by
# about as many pixels as a test image does, which is certainly not a copy. Clearly fewer would mean
# that the model memorises its images, and more that some samples are not clothes at all. When this
# template was made, it was 9 pixels for a test image and 15 for a sample of either model: neither
# copies, and both are too noisy.

# %%
for name, images in rows.items():
    differ = images @ (1 - known).T + (1 - images) @ known.T
    print(f"{name:8} {differ.min(axis=1).mean():.2f} pixels from the closest training image")

# %% [markdown]
# ## Errors
#
# An average hides its failures. The figure shows the ten test images that need the most bits, each
# with its kind and its bits. In the lower row, a darker pixel is one that the first network did not
# expect. Are they unusual clothes, or usual ones that are rare in the training set? The line of
# text counts on how many test images the mixture needs fewer bits.
#
# > **Make it yours.** Show your ten worst cases, sort them into kinds, and say what each kind would
# > need.

# %%
cost = by_network[0]
logits = evaluate.logits(first, last)
by_pixel = (np.logaddexp(0, logits) - last * logits) / np.log(2)
worst = np.argsort(cost)[::-1][:10]
figure, axes = plt.subplots(2, 10, figsize=(10, 2.4), layout="constrained")
for column, index in zip(axes.T, worst, strict=True):
    column[0].imshow(last[index].reshape(SIDE, SIDE), cmap="gray")
    column[0].set_title(f"{datasets.CLOTHES[test.labels[index]]} {cost[index]:.0f}", fontsize=8)
    column[1].imshow(by_pixel[index].reshape(SIDE, SIDE), cmap="Oranges", vmin=0, vmax=5)
for axis in axes.flat:
    axis.axis("off")
plt.show()
print(f"the mixture needs fewer bits on {(by_mixture < cost).mean():.0%} of the test images")

# %% [markdown]
# ## Limits
#
# The images are tiny and have neither grey nor colour, and two sizes of the same shoe may lie in
# the training and in the test set. Fewer bits do not mean that the samples look better to a person.
# The order of the pixels is an arbitrary choice, and no other one was tried, nor a network that
# shares its weights between positions, as a convolution does.
#
# > **Make it yours.** Say for whom your result holds, and what would break it.

{% include "rerun.py" %}
