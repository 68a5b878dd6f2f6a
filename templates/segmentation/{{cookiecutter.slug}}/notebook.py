{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *A small U-Net learns to outline cell nuclei in a microscope photograph, and is compared with the
# best threshold on brightness.*
#
# This notebook runs from top to bottom in about a minute, without a network
# connection. It is a finished small project, so that yours can grow inside it instead of beginning
# with nothing.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# Nuclei glow in this photograph, so a threshold on brightness finds most of them. Can a small
# network that also sees *what stands around* each pixel outline them better, after it has seen half
# of one photograph? How sure can I be, given that training is random?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and the engine for
# gradients. The data, the network and the metric of this project are in three small files beside
# this notebook, where tests can reach them.

# %%
import json
import platform
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from undergrad import __version__, mine
from undergrad.capstone.metric import interval
from undergrad.engine import Tensor, optim
from undergrad.engine.nn.functional import binary_cross_entropy_with_logits
from undergrad.engine.optim.lr_scheduler import CosineAnnealingLR

import evaluate
from data import crops, load
from evaluate import iou, otsu
from model import dice_loss, network

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
STEPS = 320
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan

# %% [markdown]
# ## Data
#
# One photograph of 512 by 512 pixels shows 125 nuclei, and people have drawn which pixels belong to
# one. It is cut into three bands: the upper 288 rows are for training, the next 96 for validation,
# and the lowest 128 for testing, which are used only under *Evaluation*. A random choice of pixels
# would not do, because a pixel is known almost completely from the ones beside it.
#
# > **Make it yours.** Return your own photographs and masks from `load()` in `data.py`, and say
# > here where they come from, who drew the masks, and what is missing from them.

# %%
train, validation, test = load()
for name, part in (("train", train), ("validation", validation), ("test", test)):
    print(f"{name:10} {part.image.shape}, {part.mask.mean():.1%} of the pixels belong to a nucleus")

# %% [markdown]
# Look before you train. Four of the crops that the network will see, with the outlines from the
# mask, show what is difficult: some nuclei are several times as bright as others, and where two
# touch, hardly a dark line is left between them.

# %%
images, masks = crops(train, 4, np.random.default_rng(0))
figure, axes = plt.subplots(1, 4, figsize=(9, 2.4), layout="constrained")
for axis, image, mask in zip(axes, images[:, 0], masks[:, 0], strict=True):
    axis.imshow(image, cmap="gray", vmax=3)
    axis.contour(mask, [0.5], colors="tab:orange", linewidths=1)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Baseline
#
# A result means nothing on its own. The naive answer, that nothing is a nucleus, is right for four
# of five pixels, and has an IoU of 0: that is why accuracy would be a bad metric here. Two rules
# use brightness alone. The nearest mean asks whether a pixel is closer to the average nucleus or to
# the average background, and Otsu's threshold separates two groups without any mask. The better one
# on the validation rows is the one to beat.
#
# > **Make it yours.** Score several simple rules that somebody could use today instead of your
# > network, and choose the *best* as the one to beat. A baseline that you did not try to make good
# > is not a baseline.

# %%
nearest_mean = (train.image[train.mask].mean() + train.image[~train.mask].mean()) / 2
thresholds = {"nearest mean": float(nearest_mean), "Otsu": otsu(train.image)}
for name, threshold in thresholds.items():
    found = validation.image > threshold
    print(f"{name:12}: IoU on the validation rows {iou(found, validation.mask):.3f}")

# %% [markdown]
# ## Model
#
# The network is a U-Net: it halves the image twice, so that each pixel receives what stands around
# it, and doubles it again, with the fine features of each size beside the coarse ones. Its loss is
# our own. `model.py` holds the formula of `dice_loss` and its derivative, and a test compares the
# derivative with a numerical one.
#
# Before training, the network is unsure of every pixel, $p \approx \frac12$. With a fraction $f$ of
# nuclei the Dice coefficient is then about $2 \cdot \frac12 f / (\frac12 + f)$, and one line shows
# whether the loss agrees.
#
# > **Make it yours.** Replace `dice_loss` in `model.py` with the layer or the loss that your
# > problem needs, and keep a gradient check for it.

# %%
model = network(seed=0)
images, masks = crops(train, 32, np.random.default_rng(0))
fraction = masks.mean()
print("parameters:", sum(parameter.size for parameter in model.parameters()))
print(f"expected loss {1 - fraction / (0.5 + fraction):.3f}")
print(f"loss before training {dice_loss(model(Tensor(images)), masks).item():.3f}")

# %% [markdown]
# A second cheap check asks whether the network can memorise two crops. It has far more parameters
# than that requires, so the loss must come close to 0. If it does not, the gradient, the optimiser
# or the masks are broken, and no amount of data would help.

# %%
few, answers = Tensor(images[:2]), masks[:2]
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(60):
    optimizer.zero_grad()
    loss = dice_loss(model(few), answers)
    loss.backward()
    optimizer.step()
print(f"loss on 2 crops after 60 steps {loss.item():.3f}")

# %% [markdown]
# ## Training
#
# Each step draws eight random crops of 64 by 64 pixels, turned or reflected at random, since a
# nucleus has no upper side. The loss and its gradient follow by a backward pass, and Adam updates
# the weights. Its learning rate falls to nothing along a cosine, because the last steps should only
# smooth out what the noisy ones before them left. The IoU on the validation rows shows how well the
# network generalises.
#
# Two things are random: the initial weights and the crops. Both come from one seed, so each run can
# be repeated exactly; and we train three times, so that the interval over seeds shows which
# differences mean something.
#
# > **Make it yours.** Choose the settings with the validation rows only, and write down here what
# > else you tried.


# %%
def fit(seed, steps=STEPS, loss_of=dice_loss, batch=8, rate=0.005):
    """Train one network; returns it with (step, training loss, validation IoU) every 20 steps."""
    model, rng = network(seed), np.random.default_rng(seed)
    optimizer = optim.Adam(model.parameters(), lr=rate)
    scheduler = CosineAnnealingLR(optimizer, T_max=steps)
    history, losses = [], []
    for step in range(1, steps + 1):
        images, masks = crops(train, batch, rng)
        optimizer.zero_grad()
        loss = loss_of(model(Tensor(images)), masks)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if step % 20 == 0:
            history.append((step, np.mean(losses[-20:]), evaluate.score(model, validation)))
    return model, np.array(history)


# %% [markdown]
# Now we train with all three seeds, and save each trained network at once. The claim at the end
# rests on the saved file and not on the network in memory: `evaluate.py` loads it again, and so can
# anyone who doubts the number.
#
# With `ENGINE` set to `"mine"`, the training runs on your own engine: each part that you built in
# stage 3 replaces ours. The numbers should hardly change.

# %%
start = time.perf_counter()
histories = []
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: loss {history[-1, 1]:.3f}, validation IoU {history[-1, 2]:.3f}")
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# The curves show whether training ended at a sensible step. The loss should fall and flatten. The
# validation IoU jumps about while the learning rate is large, and should come to rest at the end,
# above the dashed line of the threshold; if it fell there, that would mean overfitting.

# %%
best = max(iou(validation.image > threshold, validation.mask) for threshold in thresholds.values())
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for seed, history in zip(SEEDS, histories, strict=True):
    axes[0].plot(history[:, 0], history[:, 1], label=f"seed {seed}")
    axes[1].plot(history[:, 0], history[:, 2])
axes[1].axhline(best, color="grey", linestyle="--", linewidth=1)
axes[0].set(xlabel="step", ylabel="training loss, mean of 20")
axes[1].set(xlabel="step", ylabel="validation IoU")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The test rows are used here for the first time, and only once. We score the *saved* networks,
# report every seed and their mean rather than the best one, and compare with the better threshold
# on the same rows. The claim is written to `results.json`, together with the versions that produced
# it.
#
# > **Make it yours.** Change `score` in `evaluate.py` to your metric, and its name and target in
# > `capstone.toml`.

# %%
baseline = iou(test.image > thresholds["Otsu"], test.mask)
{% include "claim.py" %}

# %% [markdown]
# ### What was taken away
#
# What is the hand-written loss worth? The same training with cross-entropy in its place shows it,
# seed by seed, on the validation rows, because the test rows have been used. The interval of the
# difference is written to `ablation.json`; if it contains 0, these seeds show nothing. When this
# template was made, it did: cross-entropy was as good, so the loss is here to learn from.
#
# > **Make it yours.** Take away one part at a time, yours first, and leave all else as it is.

# %%
with mine.engine(ENGINE):
    less = [fit(seed, loss_of=binary_cross_entropy_with_logits)[1][-1, 2] for seed in SEEDS]
full = [history[-1, 2] for history in histories]
gains = [one - other for one, other in zip(less, full, strict=True)]
low, high = interval(gains)
row = {
    "without": "the Dice loss",
    "seeds": {str(seed): float(one) for seed, one in zip(SEEDS, less, strict=True)},
    "gain": float(np.mean(gains)),
    "low": low,
    "high": high,
    "says": "What changes when the networks learn by cross-entropy instead.",
}
record = {"full": {str(seed): float(one) for seed, one in zip(SEEDS, full, strict=True)}}
with open("ablation.json", "w", encoding="utf-8") as file:
    json.dump(record | {"scored on": "validation", "rows": [row]}, file, indent=2)
print(f"validation IoU {np.mean(full):.3f}, with cross-entropy {np.mean(less):.3f}:", end=" ")
print(f"{row['gain']:+.3f} ({low:+.3f} to {high:+.3f})")

# %% [markdown]
# ## Errors
#
# An average hides its failures. The panels show the test rows, and below them what the first
# network makes of them: white was found, orange was missed, and blue was invented. The four tiles
# with the lowest IoU are framed. Are the errors faint nuclei, blurred edges, or gaps between
# nuclei that touch? When this template was made, hardly a nucleus was missed: nearly all errors lay
# on an edge, a pixel or two wide, and in the gaps.
#
# > **Make it yours.** Show your worst cases, sort them into kinds, and say what each kind would
# > need.

# %%
found = evaluate.predict(evaluate.restore(SEEDS[0]), test.image)
colours = np.zeros((*found.shape, 3))
colours[found & test.mask] = 1, 1, 1
colours[~found & test.mask] = 0.9, 0.5, 0.1
colours[found & ~test.mask] = 0.2, 0.5, 1
corners = [(row, column) for row in (0, 64) for column in range(0, 512, 64)]


def tile_iou(corner):
    """The IoU within one tile of 64 by 64 pixels."""
    tile = np.s_[corner[0] : corner[0] + 64, corner[1] : corner[1] + 64]
    return iou(found[tile], test.mask[tile])


figure, axes = plt.subplots(2, 1, figsize=(8, 4.2), layout="constrained")
axes[0].imshow(np.clip(test.image, -1, 3), cmap="gray")
axes[1].imshow(colours)
for row, column in sorted(corners, key=tile_iou)[:4]:
    frame = plt.Rectangle((column, row), 63, 63, fill=False, edgecolor="tab:red", linewidth=1.5)
    axes[1].add_patch(frame)
    print(f"tile at row {row}, column {column}: IoU {tile_iou((row, column)):.3f}")
for axis in axes:
    axis.axis("off")
figure.savefig(FIGURES / "masks.png", dpi=150)
plt.show()

# %% [markdown]
# ## Limits
#
# Training and test rows come from the same photograph, so they share the microscope, the stain and
# the kind of cell: on another photograph the IoU may be much lower, and nothing here measures how
# much. The metric counts pixels, not nuclei. Two nuclei that touch and are found as one cost only a
# few pixels, although anyone who counts cells would count them wrongly. And the masks were drawn by
# hand, so the edges themselves are uncertain.
#
# > **Make it yours.** Say for whom your result holds, and what would break it.

{% include "rerun.py" %}
