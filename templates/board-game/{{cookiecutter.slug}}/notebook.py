{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *A network learns by playing a small game against itself, and then values the positions that a
# search of two moves ends in.*
#
# This notebook runs from top to bottom in about a minute, without a network connection. The
# training in it is deliberately short: long enough to learn something real, but too short to be the
# end of the story. It is a finished small project, so that yours can grow inside it.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# The game is Connect Four on a board of six rows and five columns. A search that tries every
# sequence of two moves sees what wins at once, and nothing beyond. Does it play better if a network
# that learned from its own games, without any example of good play, says what to expect where the
# search stops? And how much of the answer is luck?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The next cell imports the tools. The game and its positions, the search with its network, and the
# metric are in three small files beside this notebook, where tests can reach them.

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
from undergrad.rl.games.draw import board
from undergrad.rl.games.players import one_move_player, random_action, random_player
from undergrad.rl.games.strength import right

import evaluate
from data import GAME, exact, features, reflected, restarted
from evaluate import DEPTH, VALIDATION, points, right_moves
from model import best_actions, network, no_opinion, player, search, value_of, win_loss

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2, 3, 4)
STEPS = 4_000
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan

# %% [markdown]
# ## Data
#
# No dataset is loaded to learn from: the agent generates its own games. Beside them there are
# positions whose exact values a solver has computed, with a mistake possible in each of them. They
# are never trained on, and show how often a player is right against any opponent.
#
# > **Make it yours.** Choose another game in `data.py`, and say here how it is won, how long it
# > lasts, and where your exact answers come from.

# %%
known = exact()
print(f"{len(known.position.mask)} positions with exact answers; the first one, with 1 to move:")
print(board(GAME, known.position.at([0])))
print("what each column is worth to the player to move:", known.action_values[0])

# %% [markdown]
# ## Baseline
#
# Three players need no training. The random one shows what no skill is worth, and the one that
# looks one move ahead wins where it can, stops a win where it must, and plays at random otherwise;
# it is the opponent of all, so against itself it scores about a half. The one to beat is our own
# search *without* a network, because what it lacks is exactly what we ask about. The openings here
# are those for validation; the ones of the test wait for the evaluation.
#
# > **Make it yours.** Give the player to beat the same search and the same time as your agent. A
# > baseline that you did not try to make good is not a baseline.

# %%
rules = {
    "random": random_player(GAME),
    "one move ahead": one_move_player(GAME),
    "search of two moves": player(no_opinion, DEPTH),
}
for name, rule in rules.items():
    print(f"{name:20} points {points(rule, VALIDATION):.3f}, right moves {right_moves(rule):.3f}")

# %% [markdown]
# ## Model
#
# The network sees the stones of the player to move and those of the other, and its one output is a
# logit: the sigmoid of it is the fraction of the point that this player will score. The loss is
# ours. `model.py` holds its formula and its derivative, and a test compares the derivative with a
# numerical one. The search beside it tries all sequences of moves and changes the sign with each,
# and a test compares it with the exact values of tic-tac-toe.
#
# Before training the network should have hardly any opinion, which gives a loss of little more than
# $\ln 2 \approx 0.693$, whatever the targets are.
#
# > **Make it yours.** Change the search or the loss, and keep a gradient check for whatever you
# > derive by hand.

# %%
model = network(seed=0)
answers = ((1 + known.action_values.max(axis=1)) / 2).astype(np.float32)
seen = Tensor(features(known.position))
print("parameters:", sum(parameter.size for parameter in model.parameters()))
print(f"loss before training {win_loss(model(seen).reshape(len(answers)), answers).item():.3f}")

# %% [markdown]
# A second cheap check asks whether this network can memorise the exact values of 32 positions. It
# has far more parameters than that requires, so it should come close to the lowest possible loss,
# which is that of the answers themselves; if not, the gradient or the features are broken. This
# network is thrown away, because the agent may never learn from exact answers.

# %%
few, wanted = Tensor(features(known.position.at(np.arange(32)))), answers[:32]
optimizer = optim.Adam(model.parameters(), lr=0.01)
for _ in range(200):
    optimizer.zero_grad()
    loss = win_loss(model(few).reshape(32), wanted)
    loss.backward()
    optimizer.step()
lowest = np.log(2) * (wanted == 0.5).mean()  # a draw stays uncertain
print(f"loss on 32 positions after 200 steps {loss.item():.3f}, the lowest possible {lowest:.3f}")

# %% [markdown]
# ## Training
#
# Sixty-four games run side by side. In each of them the network looks one move ahead: the best
# value that it finds after a move is the target for the position before it, so what is known of the
# end of a game spreads to its beginning, one move with each step (temporal-difference learning).
# Every fifth move is random, since two players who always do the same would see a few games only.
# Half of the steps learn from the mirror image, where the values are the same.
#
# Two things are random: the initial weights and the moves. Both come from one seed, so each run can
# be repeated exactly; and we train five times, so that the interval over seeds shows which
# differences mean something.
#
# > **Make it yours.** Write down here which settings you tried, including those that did not work.


# %%
def fit(seed, steps=STEPS, side_by_side=64, explore=0.2, rate=0.002):
    """Train one network; returns it with losses and (step, validation points) every 500 steps."""
    model, rng = network(seed), np.random.default_rng(seed)
    optimizer = optim.Adam(model.parameters(), lr=rate)
    position = GAME.start(side_by_side)
    losses, history = [], []
    for step in range(1, steps + 1):
        worth = search(GAME, value_of(model), position, depth=1)
        target = ((1 + worth.max(axis=1)) / 2).astype(np.float32)
        inputs = reflected(position) if rng.random() < 0.5 else features(position)
        optimizer.zero_grad()
        loss = win_loss(model(Tensor(inputs)).reshape(side_by_side), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        exploring = rng.random(side_by_side) < explore
        anything = random_action(GAME.legal(position), rng)
        action = np.where(exploring, anything, best_actions(worth, rng))
        position = restarted(GAME.play(position, action))
        if step % 500 == 0 or step == steps:
            history.append((step, points(player(value_of(model), DEPTH), VALIDATION)))
    return model, np.array(losses), np.array(history)


# %% [markdown]
# Now we train with all five seeds. Each network is saved at once, because the claim at the end
# rests on the saved file and not on the network in memory.
#
# With `ENGINE` set to `"mine"`, the training runs on your own engine: each part that you built in
# stage 3 replaces ours.

# %%
start = time.perf_counter()
histories = []
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        model, *history = fit(seed)
        evaluate.save(model, seed)
        histories.append(history)
        print(f"seed {seed}: validation points {history[1][-1, 1]:.3f}")
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# Read the two figures together. The loss hardly falls, because its targets move with the network,
# and because most positions are undecided indeed; it dips where the network is sure of something
# for a while, rightly or not. Strength shows in the points of the validation games, which should
# rise above the dashed line, the search without a network.

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for seed, (losses, history) in zip(SEEDS, histories, strict=True):
    smooth = np.convolve(losses, np.ones(50) / 50, mode="valid")
    axes[0].plot(smooth, alpha=0.7)
    axes[1].plot(history[:, 0], history[:, 1], marker=".", label=f"seed {seed}")
alone = points(rules["search of two moves"], VALIDATION)
axes[1].axhline(alone, color="grey", linestyle="--", linewidth=1)
axes[0].set(xlabel="step", ylabel="loss, mean of 50")
axes[1].set(xlabel="step", ylabel="points, validation")
axes[1].legend(frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The *saved* networks play 400 test games each, from openings that were used neither for training
# nor for validation, and against an opponent that training never met. Every seed is reported
# together with the mean over all, and the search without a network plays the same openings. What is
# claimed goes to `results.json`, together with the versions that produced it.
#
# > **Make it yours.** Change the metric in `evaluate.py`, and its name and target in
# > `capstone.toml`. Play other openings, or another opponent, for `heldout.json`; the unit
# > `build-agent` builds it.

# %%
baseline = points(rules["search of two moves"])
{% include "claim.py" %}

# %% [markdown]
# ### What was taken away
#
# Which part does it? The ablation takes the second move of the search away and keeps the networks.
# It is written to `ablation.json` with the interval of the difference over the same seeds. The
# second column of the output does not depend on any opponent: in how many of the positions with
# exact answers each player keeps the value.

# %%
shallow = {seed: points(evaluate.agent(int(seed), depth=1)) for seed in claim["seeds"]}
differences = [shallow[seed] - score for seed, score in claim["seeds"].items()]
low, high = interval(differences)
row = {
    "without": "the second move of the search",
    "seeds": shallow,
    "gain": float(np.mean(differences)),
    "low": low,
    "high": high,
    "says": "What changes when the same networks look one move ahead, and not two.",
}
with open("ablation.json", "w", encoding="utf-8") as file:
    json.dump({"full": claim["seeds"], "rows": [row]}, file, indent=2)
print(f"without the second move {row['gain']:+.3f} points ({low:+.3f} to {high:+.3f})")
agents = {f"seed {seed}": evaluate.agent(seed) for seed in SEEDS}
for name, one in {**rules, **agents}.items():
    print(f"{name:20} right moves {right_moves(one):.3f}")

# %% [markdown]
# ## Errors
#
# The boards show positions in which the first agent gives a certain win away. The player to move
# has the blue stones; an empty blue ring is where the agent plays, and a tick stands below each
# column that wins. Whatever decides within two moves is seen, so what is left are threats that take
# longer to prepare, and that the network did not learn to recognise.
#
# > **Make it yours.** Choose failures by a rule, keep two of them as images in `failures/`, and say
# > of each file what the agent should have done.

# %%
worth = search(GAME, value_of(evaluate.restore(SEEDS[0])), known.position, DEPTH)
chosen = worth.argmax(axis=1)
lost = np.flatnonzero((known.action_values.max(axis=1) == 1) & ~right(chosen, known))
print(f"a win is given away in {len(lost)} of {(known.action_values.max(axis=1) == 1).sum()}")
figure, axes = plt.subplots(1, 4, figsize=(9, 2.8), layout="constrained")
for axis, index in zip(axes, lost, strict=False):
    board_area = (-0.5, -0.5), GAME.columns, GAME.rows
    axis.add_patch(plt.Rectangle(*board_area, facecolor="0.93", edgecolor="0.7"))
    mine_now, other = GAME.planes(known.position.at([index]))[0]
    for stones, colour in ((mine_now, "tab:blue"), (other, "tab:orange")):
        rows, columns = np.nonzero(stones)
        axis.scatter(columns, rows, s=130, color=colour)
    row = np.flatnonzero((mine_now + other)[:, chosen[index]] == 0).max()
    axis.scatter(chosen[index], row, s=150, facecolors="none", edgecolors="tab:blue", linewidths=2)
    for column in np.flatnonzero(known.action_values[index] == 1):
        axis.text(column, GAME.rows, "✓", ha="center", va="center", color="tab:green")
    axis.set(xlim=(-0.6, GAME.columns - 0.4), ylim=(GAME.rows + 0.5, -0.6), aspect="equal")
    axis.axis("off")
figure.savefig(FIGURES / "mistakes.png", dpi=150)
plt.show()

# %% [markdown]
# ## Limits
#
# The points are those against one opponent, which is weak: a player that scores nine of ten against
# it may still lose to anybody who looks further. The positions with exact answers are the better
# measure of strength, and there the agent is wrong often. A few thousand steps are little, and
# nothing here was tried on a larger board, where two moves see a smaller part of the game.
#
# > **Make it yours.** Say where your result holds, and what would break it.

{% include "rerun.py" %}
