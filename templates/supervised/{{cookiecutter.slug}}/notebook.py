{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *A network written by hand learns to read handwritten digits, and is compared with two rules that
# need no training at all.*
#
# This notebook runs from top to bottom in well under two minutes, without a network connection. It
# is a finished small project, so that yours can grow inside it instead of beginning with nothing.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# Can a small network, with one part whose gradient I worked out myself, read a digit better than
# *the closest average image*? How sure can I be, given that training is random?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
{% if cookiecutter.framework == "jax" %}
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and JAX for gradients
# and compiled code. The data, the network and the metric of this project are in three small files
# beside this notebook, where tests can reach them.
{% else %}
{% if cookiecutter.framework == "torch" %}
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and PyTorch for
# gradients. The data, the network and the metric of this project are in three small files beside
{% else %}
# The next cell imports the tools: NumPy for arrays, Matplotlib for figures, and the engine for
# gradients. The data, the network and the metric of this project are in three small files beside
{% endif %}
# this notebook, where tests can reach them.
{% endif %}

# %%
import json
import platform
import time
from pathlib import Path

{% if cookiecutter.framework == "jax" %}
import jax
{% endif %}
import matplotlib.pyplot as plt
import numpy as np
{% if cookiecutter.framework == "jax" %}
from undergrad import __version__
from undergrad.capstone.metric import interval
{% elif cookiecutter.framework == "torch" %}
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
from undergrad import __version__
from undergrad.capstone.metric import interval
{% else %}
from undergrad import __version__, mine
from undergrad.capstone.metric import interval
from undergrad.engine import Tensor, nn, optim
from undergrad.engine.data import DataLoader, TensorDataset
{% endif %}

import evaluate
from data import load
from model import {{ "adam, initial_state, loss_of, network" if cookiecutter.framework == "jax" else "network" }}

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2)
EPOCHS = 30
{% if cookiecutter.framework == "engine" %}
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan
{% endif %}

# %% [markdown]
# ## Data
#
# 1,797 digits of 8 by 8 pixels, written by 13 people, are split once, by a fixed seed: 60% for
# training, 20% for validation, and 20% for testing, which are used only under *Evaluation*.
# Without a test set we would measure how well we chose the settings, not how well the network
# reads.
#
# > **Make it yours.** Return your own arrays from `load()` in `data.py`, and say here where they
# > come from, who made them, and what is missing from them.

# %%
train, validation, test = load()
print(f"train {len(train)}, validation {len(validation)}, test {len(test)}")
print("images of each digit in the training set:", np.bincount(train.labels))

# %% [markdown]
# Look before you train. The first sixteen training images show what a row of 64 numbers really is,
# and they show the difficulty too: some of them are hard even for a person. If a label were wrong
# or an image upside down, this is the cheapest moment to notice.

# %%
figure, axes = plt.subplots(2, 8, figsize=(8, 2.4), layout="constrained")
for axis, image, label in zip(axes.flat, train.inputs, train.labels, strict=False):
    axis.imshow(image.reshape(8, 8), cmap="gray_r")
    axis.set_title(label, fontsize=10)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Baseline
#
# A result means nothing on its own. The rule to beat averages all training images of each digit,
# and classifies a new image by the closest average. It has neither a training loop nor settings.
# It is not the best rule of its kind, though: below it, the same function compares with every
# training image instead of ten averages, and reads far more of the digits.
#
# > **Make it yours.** Score several simple rules that somebody could use today instead of your
# > network, and choose the *best* as the one to beat. A baseline that you did not try to make good
# > is not a baseline, and the one of this example would not do.

# %%
centres = np.stack([train.inputs[train.labels == digit].mean(axis=0) for digit in range(10)])


def nearest(inputs, examples):
    """(n, 64), (m, 64) -> (n,): the row of the example at the smallest squared distance."""
    return ((examples**2).sum(axis=1) - 2 * inputs @ examples.T).argmin(axis=1)


by_centre = nearest(validation.inputs, centres)
by_neighbour = train.labels[nearest(validation.inputs, train.inputs)]
print(f"closest average:        {(by_centre == validation.labels).mean():.3f}")
print(f"closest training image: {(by_neighbour == validation.labels).mean():.3f}")

# %% [markdown]
# ## Model
#
# The model has two linear layers with `swish` between them: 64 grey values in, 64 hidden units, and
# 10 logits out.
# The activation function between the layers matters, since two linear maps in a row are again a
# linear map. `swish` is our own: `model.py` holds its formula and its derivative, and a test
# compares the derivative with a numerical one.
#
# Before training, each of the ten digits should be about equally likely, which gives a loss of
# $\ln 10 \approx 2.303$. A very different number would mean a mistake in the initialisation or in
# the loss, and one line reveals it now.
#
# > **Make it yours.** Replace `swish` in `model.py` with the layer or the loss that your problem
# > needs, and keep a gradient check for it.

# %%
{% if cookiecutter.framework != "jax" %}
loss_of = nn.CrossEntropyLoss()
{% endif %}
model = network(seed=0)
{% if cookiecutter.framework == "jax" %}
print({name: weight.shape for name, weight in model.items()})
print("parameters:", sum(weight.size for weight in model.values()))
print(f"loss before training {loss_of(model, train.inputs, train.labels):.3f}")
{% else %}
print(model)
{% if cookiecutter.framework == "torch" %}
print("parameters:", sum(parameter.numel() for parameter in model.parameters()))
images, digits = torch.from_numpy(train.inputs), torch.from_numpy(train.labels).long()
print(f"loss before training {loss_of(model(images), digits).item():.3f}")
{% else %}
print("parameters:", sum(parameter.size for parameter in model.parameters()))
print(f"loss before training {loss_of(model(Tensor(train.inputs)), train.labels).item():.3f}")
{% endif %}
{% endif %}

# %% [markdown]
# A second cheap check asks whether the network can memorise 32 images. It has far more parameters
# than that requires, so the loss must fall to nearly 0. If it does not, the gradient, the optimiser
# or the labels are broken, and no amount of data would help.

# %%
{% if cookiecutter.framework == "jax" %}
few, answers, state = train.inputs[:32], train.labels[:32], initial_state(model)
for _ in range(200):
    loss, gradient = jax.value_and_grad(loss_of)(model, few, answers)
    model, state = adam(model, gradient, state, 0.01)
{% else %}
{% if cookiecutter.framework == "torch" %}
few, answers = images[:32], digits[:32]
{% else %}
few, answers = Tensor(train.inputs[:32]), train.labels[:32]
{% endif %}
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(200):
    optimizer.zero_grad()
    loss = loss_of(model(few), answers)
    loss.backward()
    optimizer.step()
{% endif %}
print(f"loss on 32 images after 200 steps {loss.item():.5f}")

# %% [markdown]
# ## Training
#
# One pass over the training part is an epoch; each step takes a minibatch of 32 images, computes
# the loss and its gradient by a backward pass, and Adam updates the weights. After every epoch the
# accuracy on the validation set shows how well the network generalises.
#
# Two things are random: the initial weights and the order of the images. Both come from one seed,
# so each run can be repeated exactly; and we train three times, so that the standard deviation over
# seeds shows which differences mean something.
#
# > **Make it yours.** Choose the settings with the validation set only, and write down here what
# > else you tried.


# %%
{% if cookiecutter.framework == "jax" %}
@jax.jit
def step(model, state, inputs, labels, rate):
    """One step of training: the new network, the new state of Adam, and the loss before it."""
    loss, gradient = jax.value_and_grad(loss_of)(model, inputs, labels)
    return *adam(model, gradient, state, rate), loss


{% endif %}
def fit(seed, hidden=64, epochs=EPOCHS, batch=32, rate=0.003):
    """Train one network; returns it with (training loss, validation accuracy) per epoch."""
    model = network(seed, hidden)
{% if cookiecutter.framework == "jax" %}
    state, rng = initial_state(model), np.random.default_rng(seed)
{% else %}
    optimizer = optim.Adam(model.parameters(), lr=rate)
{% if cookiecutter.framework == "torch" %}
    order = torch.Generator().manual_seed(seed)
    examples = TensorDataset(images, digits)
    batches = DataLoader(examples, batch_size=batch, shuffle=True, generator=order)
{% else %}
    examples = TensorDataset(train.inputs, train.labels)
    batches = DataLoader(examples, batch_size=batch, shuffle=True, rng=seed)
{% endif %}
{% endif %}
    history = []
    for _ in range(epochs):
        losses = []
{% if cookiecutter.framework == "jax" %}
        order = rng.permutation(len(train))
        for chosen in order[: len(order) // batch * batch].reshape(-1, batch):
            inputs, labels = train.inputs[chosen], train.labels[chosen]
            model, state, loss = step(model, state, inputs, labels, rate)
            losses.append(float(loss))
{% else %}
        for inputs, labels in batches:
            optimizer.zero_grad()
            loss = loss_of(model(inputs), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
{% endif %}
        history.append((np.mean(losses), evaluate.score(model, validation)))
    return model, np.array(history)


# %% [markdown]
# Now we train with all three seeds, and save each trained network at once. The claim at the end
# rests on the saved file and not on the network in memory: `evaluate.py` loads it again, and so can
# anyone who doubts the number.
{% if cookiecutter.framework == "engine" %}
#
# With `ENGINE` set to `"mine"`, the training runs on your own engine: each part that you built in
# stage 3 replaces ours. The numbers should hardly change.
{% endif %}

# %%
start = time.perf_counter()
histories = []
{% if cookiecutter.framework != "engine" %}
for seed in SEEDS:
    model, history = fit(seed)
    evaluate.save(model, seed)
    histories.append(history)
    print(f"seed {seed}: loss {history[-1, 0]:.4f}, validation accuracy {history[-1, 1]:.3f}")
{% else %}
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: loss {history[-1, 0]:.4f}, validation accuracy {history[-1, 1]:.3f}")
{% endif %}
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# The curves show whether training ended at a sensible epoch. The loss should fall and flatten, and
# the validation accuracy should not fall again at the end, which would mean overfitting. Curves
# that lie close together mean that the seed matters little.

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
# The test set is used here for the first time, and only once. We score the *saved* networks, report
# every seed and their mean rather than the best one, and compare with the baseline on the same
# images. The claim is written to `results.json`, together with the versions that produced it.
#
# > **Make it yours.** Change `score` in `evaluate.py` to your metric, and its name and target in
# > `capstone.toml`.

# %%
baseline = float((nearest(test.inputs, centres) == test.labels).mean())
{% include "claim.py" %}

# %% [markdown]
# ### What was taken away
#
# Are 64 hidden units needed? The same training with 8 of them shows it, seed by seed, on the
# validation images, because the test images have been used. If the interval of the difference
# contained 0, these seeds would show nothing.
#
# > **Make it yours.** Take away one part at a time, yours first, and leave all else as it is.

# %%
{% if cookiecutter.framework == "engine" %}
with mine.engine(ENGINE):
    less = [fit(seed, hidden=8)[1][-1, 1] for seed in SEEDS]
{% else %}
less = [fit(seed, hidden=8)[1][-1, 1] for seed in SEEDS]
{% endif %}
gains = [history[-1, 1] - one for one, history in zip(less, histories, strict=True)]
low, high = interval(gains)
print(f"with 8 hidden units: validation accuracy {np.mean(less):.3f}")
print(f"the other 56 add {np.mean(gains):.3f}, {low:.3f} to {high:.3f}")

# %% [markdown]
# ## Errors
#
# An average hides its failures. Below are the ten test images that are hardest for the first
# network: those to whose true digit it assigns the lowest probability. Each title gives the
# prediction and the label. Which of them would a person get wrong too, and which not?
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
figure.savefig(FIGURES / "hardest.png", dpi=150)
plt.show()

# %% [markdown]
# ## Limits
#
# The closest training image reads more digits than this network, without any training, so the
# network is an exercise and not the tool to use. The images are tiny, centred and clean, and the
# same 13 people wrote the training and the test images, so accuracy on the handwriting of a
# stranger may be lower. With 360 test images the accuracy itself is uncertain by about one point.
# Nothing here rejects images that are not digits.
#
# > **Make it yours.** Say for whom your result holds, and what would break it.

{% include "rerun.py" %}
