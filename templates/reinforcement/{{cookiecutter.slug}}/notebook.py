{% include "header.py" %}

# %% [markdown]
# # {{ cookiecutter.title }}
#
# *An agent with a learning rule written by hand learns to balance a pole, and is compared with a
# rule of one line.*
#
# This notebook runs from top to bottom in under two minutes, without a network connection. The
# training in it is deliberately short: long enough to learn something real, but too short to be the
# end of the story. It is a finished small project, so that yours can grow inside it.
#
{% include "yours.py" %}

# %% [markdown]
# ## Question
#
# Can an agent that starts from nothing balance a pole longer than the rule *push towards the side
# to which it leans*, after 10,000 steps of experience? And how much of the answer is luck?
#
# > **Make it yours.** Ask one question that a number can answer, and that you do not know the
# > answer to. The plan in `plan.md` holds the same question with the target and the stop rule.
#
# The next cell imports the tools. The environment and the replay buffer, the network and its
# learning rule, and the metric are in three small files beside this notebook, where tests can reach
# them.

# %%
import json
import platform
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from undergrad import __version__, mine
from undergrad.capstone.metric import interval

import evaluate
from data import N_ACTIONS, ReplayBuffer, make
from model import Learner, network, q_values

FIGURES = Path("figures")
FIGURES.mkdir(exist_ok=True)

{% include "parameters.py" %}

# %% tags=["parameters"]
SEEDS = (0, 1, 2, 3, 4)
STEPS = 10_000
ENGINE = "reference"  # or "mine": the parts of the units you passed, the rest on loan

# %% [markdown]
# ## Data
#
# No dataset is loaded: the agent generates its own. An observation is four numbers: where the cart
# is, how fast it moves, how far the pole leans and how fast it falls. Two actions push left or
# right. Each step that the pole stays up is rewarded with 1, and after 500 steps the episode is
# truncated.
#
# One episode of random actions shows what the numbers look like and how soon the pole falls without
# any skill.
#
# > **Make it yours.** Change `ENVIRONMENT` in `data.py`, and say here what an observation holds,
# > what is rewarded, and how an episode ends.

# %%
chance = np.random.default_rng(0)
path = evaluate.episode(lambda observation: int(chance.integers(N_ACTIONS)), seed=1)
print(f"random pushing lasts {len(path)} steps; the first three observations:")
print(path[:3].round(3))

# %% [markdown]
# ## Baseline
#
# The rule to beat takes one line and learns nothing: push towards the side to which the pole leans.
# Random actions are shown beside it, to put the rule into proportion. Both play the validation
# episodes here; the test episodes wait for the evaluation.
#
# > **Make it yours.** Choose the simplest rule that somebody could write for your environment in
# > five minutes. A baseline that you did not try to make good is not a baseline.

# %%
random_returns = evaluate.returns(lambda seen: int(chance.integers(N_ACTIONS)), evaluate.VALIDATION)
lean_returns = evaluate.returns(evaluate.lean, evaluate.VALIDATION)
print(f"chance {random_returns.mean():.0f}, lean {lean_returns.mean():.0f} steps on average")

# %% [markdown]
# ## Model
#
# The network estimates the action value $q(s, a)$: the discounted return after action $a$ in state
# $s$, if the agent acts well from then on. Acting greedily means taking the action of highest
# value. The learning rule in `model.py` compares each value with its TD target, the reward plus the
# discounted value one step later; `huber_loss` between the two is ours, and a test compares its
# gradient with a numerical one.
#
# Before training all values should be small. Large initial values would take thousands of steps to
# unlearn.
#
# > **Make it yours.** Change the learning rule, or write another one, and keep a gradient check for
# > whatever you derive by hand.

# %%
model = network(seed=0)
print(model)
print("parameters:", sum(parameter.size for parameter in model.parameters()))
print("values before training:", q_values(model, path[:1]).round(3))

# %% [markdown]
# ## Training
#
# After each step the agent learns from a minibatch of 64 stored steps. Exploration is
# epsilon-greedy: all actions are random at first, and 5% of them after 4,000 steps. A target
# network provides the TD targets and is updated every 500 steps, since targets that move with every
# step make training unstable.
#
# Values keep oscillating during training, so the network of the last step is a matter of luck.
# Every 500 steps the agent plays five validation episodes, *which are used for nothing else*, and
# the best network so far is kept. The test episodes are different ones.
#
# > **Make it yours.** Write down here which settings you tried, including those that did not work.


# %%
def fit(seed, steps=STEPS, warm_up=500, batch=64):
    """Train one agent: its best and last network, episode returns, losses, validation returns."""
    environment, rng = make(), np.random.default_rng(seed)
    learner, buffer, best = Learner(seed), ReplayBuffer(steps), network(seed)
    episodes, losses, choosing, earned = [], [], [], 0
    observation, _ = environment.reset(seed=seed)
    for step in range(steps):
        exploring = rng.random() < max(0.05, 1 - step / 4_000)
        action = int(rng.integers(N_ACTIONS)) if exploring else learner.act(observation)
        next_obs, reward, terminated, truncated, _ = environment.step(action)
        buffer.add(observation, action, reward, next_obs, terminated)
        earned += reward
        observation = next_obs
        if terminated or truncated:
            episodes.append((step, earned))
            observation, earned = environment.reset()[0], 0
        if step >= warm_up:
            losses.append(learner.learn(buffer, rng, batch))
        if step % 500 == 499:
            learner.update_target()
            played = evaluate.returns(evaluate.greedy(learner.network), evaluate.VALIDATION).mean()
            if played >= max((other for _, other in choosing), default=0):
                best.load_state_dict(learner.network.state_dict())
            choosing.append((step, played))
    return best, learner.network, np.array(episodes), np.array(losses), np.array(choosing)


# %% [markdown]
# Now we train with all five seeds. Each best network is saved at once, because the claim at the end
# rests on the saved file and not on the network in memory. One seed would be an anecdote; the
# standard deviation over five shows how much of a result is luck, and here it is a lot.
#
# With `ENGINE` set to `"mine"`, the training runs on your own engine: each part that you built in
# stage 3 replaces ours.

# %%
start = time.perf_counter()
histories, last = [], {}
with mine.engine(ENGINE) as description:
    print("Training", description)
    for seed in SEEDS:
        best, last[seed], *history = fit(seed)
        evaluate.save(best, seed)
        histories.append(history)
        print(f"seed {seed}: best validation return {history[2][:, 1].max():.0f}")
print(f"{time.perf_counter() - start:.1f} s")

# %% [markdown]
# Read these three figures together. Returns while exploring are always below the greedy ones. The
# validation returns oscillate, which is why the best network was kept. And the loss does *not* fall
# as it does in supervised learning, since the TD targets rise while the agent gets better.

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
for seed, (episodes, losses, choosing) in zip(SEEDS, histories, strict=True):
    axes[0].plot(episodes[:, 0], episodes[:, 1], alpha=0.7)
    axes[1].plot(choosing[:, 0], choosing[:, 1], label=f"seed {seed}")
    axes[2].plot(np.convolve(losses, np.ones(200) / 200, mode="valid"), alpha=0.7)
axes[0].set(xlabel="step", ylabel="return while exploring")
axes[1].set(xlabel="step", ylabel="greedy return, validation")
axes[2].set(xlabel="gradient step", ylabel="loss, mean of 200")
axes[1].legend(frameon=False, fontsize=8)
figure.savefig(FIGURES / "training.png", dpi=150)
plt.show()

# %% [markdown]
# ## Evaluation
#
# The *saved* networks play twenty test episodes greedily, which were used neither for training nor
# for selection. Every seed is reported together with the mean over all, and the baseline plays the
# same twenty. What is claimed goes to `results.json`, together with the versions that produced it.
#
# > **Make it yours.** Change the metric in `evaluate.py`, and its name and target in
# > `capstone.toml`. Score other worlds for `heldout.json`; the unit `build-agent` builds it.

# %%
baseline = float(evaluate.returns(evaluate.lean).mean())
{% include "claim.py" %}

# %% [markdown]
# A last check: are the values *calibrated*? Each predicted value at the start of an episode is
# plotted against the discounted return that followed. Points far above the diagonal would mean
# overestimation.

# %%
predicted, actual = [], []
for number in evaluate.EPISODES:
    for seed in SEEDS:
        steps = evaluate.episode(evaluate.greedy(evaluate.restore(seed)), number)
        predicted.append(q_values(evaluate.restore(seed), steps[:1]).max())
        actual.append((1 - 0.99 ** len(steps)) / (1 - 0.99))  # 1 + 0.99 + 0.99² + ...
figure, axis = plt.subplots(figsize=(3.6, 3.2), layout="constrained")
axis.scatter(actual, predicted, s=12, alpha=0.6)
axis.axline((0, 0), (1, 1), color="grey", linewidth=1)
axis.set(xlabel="discounted return", ylabel="predicted value")
plt.show()

# %% [markdown]
# ### What was taken away
#
# Which part does it? The ablation takes away the choice of a network: the last one of each training
# plays the test episodes in place of the best. The row goes to `ablation.json`, with the interval
# of the difference over the same seeds; if it contains 0, the seeds show no effect. No other row is
# as cheap, because the trainings are the same. Any other part, such as the target network or the
# loss, has to be missing while the agent learns.
#
# > **Make it yours.** Take a part of your learning rule away, train all seeds again, and add a row;
# > the unit `build-agent` builds it.

# %%
full = {str(seed): seeds[seed] for seed in SEEDS}
played = {str(seed): evaluate.returns(evaluate.greedy(last[seed])) for seed in SEEDS}
unchosen = {seed: float(returns.mean()) for seed, returns in played.items()}
differences = [unchosen[seed] - full[seed] for seed in full]
low, high = interval(differences)
row = {
    "without": "the choice of a network",
    "seeds": unchosen,
    "gain": float(np.mean(differences)),
    "low": low,
    "high": high,
    "says": "What changes when the last network of each training plays, and not the best.",
}
with open("ablation.json", "w", encoding="utf-8") as file:
    json.dump({"full": full, "rows": [row]}, file, indent=2)
for seed, score in unchosen.items():
    print(f"seed {seed}: best {full[seed]:.1f}, last {score:.1f}")
print(f"without the choice {row['gain']:+.1f} steps ({low:+.1f} to {high:+.1f})")

# %% [markdown]
# ## Errors
#
# The figure shows the two shortest evaluation episodes of the weakest agent, step by step. Each
# ends when the pole leans by more than 12 degrees or when the cart leaves the track, at 2.4. Which
# of the two happens shows what was not learned: to catch the pole, or to stay in the middle.
#
# > **Make it yours.** Choose two failures by a rule, keep them as images or clips in `failures/`,
# > and say of each file what the agent should have done, and from where.

# %%
weakest = min(seeds, key=seeds.get)
policy = evaluate.greedy(evaluate.restore(weakest))
paths = sorted((evaluate.episode(policy, number) for number in evaluate.EPISODES), key=len)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
for axis, path in zip(axes, paths, strict=False):
    axis.plot(path[:, 0] / 2.4, label="cart, 1 = end of the track")
    axis.plot(np.degrees(path[:, 2]) / 12, label="pole, 1 = fallen")
    axis.set(title=f"seed {weakest}, {len(path)} steps", xlabel="step", ylim=(-1.1, 1.1))
axes[0].legend(frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# ## Limits
#
# Ten thousand steps are few, and the variance between seeds is large: a repeat with other seeds, or
# on another machine, can differ by a return of a hundred. Selecting the best network favours lucky
# checkpoints a little; the test episodes are new, so the claim is not affected by it.
# Nothing here was tried in any other environment.
#
# > **Make it yours.** Say where your result holds, and what would break it.

{% include "rerun.py" %}
