"""The parts of an agent are judged and counted like those of the engine."""

from dataclasses import replace

import numpy as np
import pytest

from undergrad.cli import presets
from undergrad.cli.own_engine import account_of
from undergrad.engine.rng import generator
from undergrad.mine.agent_trials import AGENT_TRIALS
from undergrad.mine.judge import judge
from undergrad.mine.patch import function_at
from undergrad.mine.rainbow_trials import RAINBOW_TRIALS
from undergrad.mine.search_trials import SEARCH_TRIALS
from undergrad.rl.distributions import log_tanh_derivative
from undergrad.words import part_name

DQN, REPLAY = "undergrad.rl.agents.dqn.", "undergrad.rl.replay."
NETWORKS = "undergrad.rl.networks."
ADD, SAMPLE = f"{REPLAY}ReplayBuffer.add", f"{REPLAY}ReplayBuffer.sample"
PPO, STATS = "undergrad.rl.agents.ppo.", "undergrad.rl.normalize.RunningMeanStd.update"
ADVANTAGES = "undergrad.rl.advantages."
RETURNS, GAE = f"{ADVANTAGES}returns", f"{ADVANTAGES}gae"
NORMALIZED, POLICY = f"{ADVANTAGES}normalized", "undergrad.rl.distributions.Categorical."
LOG_PROB, ENTROPY = f"{POLICY}log_prob", f"{POLICY}entropy"
ORTHOGONAL = "undergrad.engine.nn.init.orthogonal_"
EXPLAINED, COLLECT = f"{ADVANTAGES}explained_variance", "undergrad.rl.rollout.collect"
A2C_LOSS = "undergrad.rl.agents.a2c.a2c_loss"
TO_POINTS = "undergrad.rl.agents.reinforce.returns_to_points"
DIFFERENCE = f"{NETWORKS}frame_difference"
OF_ROLLOUTS = {RETURNS, GAE, EXPLAINED, COLLECT, A2C_LOSS, LOG_PROB, ENTROPY}
SEARCH, ZERO = "undergrad.rl.search.", "undergrad.rl.agents.alphazero."
TURNED = "undergrad.rl.window.at_random_symmetry"
OFF_POLICY, GAUSSIAN = "undergrad.rl.agents.off_policy.", "undergrad.rl.distributions.tanh_gaussian"
TD3, SAC = "undergrad.rl.agents.td3.", "undergrad.rl.agents.sac."
RAINBOW, TARGETS = "undergrad.rl.agents.rainbow.", "undergrad.rl.targets."
DUELING, TREE = "undergrad.rl.networks.Dueling.forward", "undergrad.rl.sumtree.SumTree."
TABLE, EPISODE = "undergrad.rl.agents.tabular.control.", "undergrad.rl.agents.tabular.episodes."


@pytest.mark.parametrize("name", AGENT_TRIALS)
def test_the_reference_passes_its_own_trials(name):
    reference = function_at(name)
    assert judge(name, lambda own, borrowed: reference, None).reason == ""


def one_draw_for_all(q, epsilon, rng):
    explore = rng.random() < epsilon
    return rng.integers(q.shape[1], size=len(q)) if explore else q.argmax(axis=1)


def among_the_others(q, epsilon, rng):
    """Never the best action when it explores."""
    other = (q.argmax(axis=1) + rng.integers(1, q.shape[1], size=len(q))) % q.shape[1]
    return np.where(rng.random(len(q)) < epsilon, other, q.argmax(axis=1))


def copied(target, online, tau):
    target = (1 - tau) * target + tau * online


def swapped(target, online, tau):
    target += (1 - tau) * (online - target)


def stuck_when_full(self, transitions):
    index = np.arange(self.added, self.added + len(transitions))
    index = np.minimum(index, self.capacity - 1)
    for name, column in self.fields.items():
        column[index] = getattr(transitions, name)
    self.added += len(transitions)
    return index


def from_all_slots(reference):
    def sample(self, batches, batch_size, rng, progress=0.0):
        added, self.added = self.added, self.capacity  # also those that were never written
        try:
            yield from reference(self, batches, batch_size, rng, progress)
        finally:
            self.added = added

    return sample


def one_batch_repeated(reference):
    def sample(self, batches, batch_size, rng, progress=0.0):
        (batch,) = reference(self, 1, batch_size, rng, progress)
        yield from [batch] * batches

    return sample


def ends_alike(reference):
    def returns(reward, terminated, truncated, next_value, gamma):
        return reference(reward, terminated | truncated, truncated, next_value, gamma)

    return returns


def in_bytes(now, before):
    difference = now.astype(np.uint8) - before.astype(np.uint8)
    return difference.reshape(len(now), -1).astype(np.float32)


def clipped_on_both_sides(ratio, advantage, clip_range):
    return ratio.clip(1 - clip_range, 1 + clip_range) * advantage


def one_order(count, n_epochs, batch_size, rng):
    order = rng.permutation(count)
    for _ in range(n_epochs):
        yield from (order[i : i + batch_size] for i in range(0, count, batch_size))


def means_only(self, rows):
    """Batches are added without the distance of their means."""
    self.squares += ((rows - rows.mean(axis=0)) ** 2).sum(axis=0)
    self.mean += (rows.mean(axis=0) - self.mean) * len(rows) / (self.count + len(rows))
    self.count += len(rows)


def one_mask_for_both(reward, terminated, truncated, value, next_value, gamma, gae_lambda):
    gae = function_at_first[GAE]
    return gae(reward, terminated | truncated, truncated, value, next_value, gamma, gae_lambda)


def across_episodes(reward, terminated, truncated, value, next_value, gamma, gae_lambda):
    gae, never = function_at_first[GAE], np.zeros_like(terminated)
    reward = reward - gamma * next_value * terminated  # so that the TD errors are right
    return gae(reward, never, never, value, next_value, gamma, gae_lambda)


def punishing_a_constant(value, returns):
    return 1 - float(((returns - value) ** 2).mean() / max(returns.var(), 1e-8))


def without_entropy(policy, value, action, advantage, returns, vf_coef, ent_coef):
    loss = function_at_first[A2C_LOSS]
    return loss(policy, value, action, advantage, returns, vf_coef, 0.0)


def values_without_gradient(policy, value, *rest):
    return function_at_first[A2C_LOSS](policy, value.detach(), *rest)


def of_softmax(self, action):
    """Infinite where the probability is rounded to 0."""
    return self.logits.softmax(1).gather(1, action[:, None]).log().reshape(-1)


def entropy_without_gradient(self):
    return function_at_first[ENTROPY](type(self)(self.logits.detach())) + 0 * self.logits.sum(1)


def each_environment_apart(advantage):
    return (advantage - advantage.mean(axis=0)) / (advantage.std(axis=0) + np.float32(1e-8))


def signs_of_the_decomposition(x, gain=1.0, rng=None):
    """Not all orthogonal matrices are equally likely."""
    rows, columns = len(x.data), x.data.size // len(x.data)
    draw = generator(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q = np.linalg.qr(draw)[0]
    x.data[...] = gain * (q if rows >= columns else q.T).reshape(x.shape)


def next_row_seen(env, act, steps, env_action=lambda action: action):
    """At an end, the first observation of the next episode in place of what was seen."""
    rollout, finished = function_at_first[COLLECT](env, act, steps, env_action)
    seen = np.concatenate([rollout.observation[1:], env.observation[None]])
    return replace(rollout, next_observation=seen), finished


def among_all(prior, visits, value_sum, legal, value, options):
    scores = function_at(f"{SEARCH}formulas.puct_scores")
    return scores(prior, visits, value_sum, value, options).argmax(-1)


def one_sign(self, path, value):
    for edge in reversed(path):
        self.visits.reshape(-1)[edge] += 1
        self.value_sum.reshape(-1)[edge] -= value[self.game_of(edge)]


def one_draw_of_noise(prior, legal, options, rng):
    f = options.dirichlet_fraction
    noise = rng.dirichlet(np.full(legal[0].sum(), options.dirichlet_alpha))
    noisy = (1 - f) * prior
    noisy[:, legal[0]] += f * noise
    return noisy


def no_factor_of_two(logits, value, policy, outcome):
    policy_loss, value_loss = function_at_first[f"{ZERO}alphazero_loss"](
        logits, value, policy, outcome
    )
    return policy_loss, value_loss * 0.5


def boards_alone(game, planes, policy, rng):
    turned, _ = function_at_first[TURNED](game, planes, policy, rng)
    return turned, policy


function_at_first = {
    name: function_at(name) for name in (*OF_ROLLOUTS, *SEARCH_TRIALS, *RAINBOW_TRIALS, GAUSSIAN)
}


def to_the_target(self, state, action, target):
    self.next_learning_rate(state, action)
    self.values[state, action] = target


def without_counting(self, state, action, target):
    self.values[state, action] += self.learning_rate * (target - self.values[state, action])


def end_ignored(reward, next_value, terminated, discount):
    return reward + discount * next_value.min(axis=0)


def mean_of_critics(reward, next_value, terminated, discount):
    return reward + discount * (1 - terminated) * next_value.mean(axis=0)


def before_the_squashing(mean, log_std, noise):
    """The density of u in place of that of tanh(u)."""
    action, log_prob = function_at_first[GAUSSIAN](mean, log_std, noise)
    u = mean + log_std.exp() * noise
    return action, log_prob + log_tanh_derivative(u).sum(dim=1)


def sample_without_gradient(mean, log_std, noise):
    action, log_prob = function_at_first[GAUSSIAN](mean, log_std, noise)
    return action.detach(), log_prob


def one_network(q, out):
    """What evaluates also chooses."""
    numbers = out if out.ndim == 2 else out.mean(axis=2)
    return function_at_first[f"{RAINBOW}double_choice"](numbers, out)


def mean_of_the_batch(self, x):
    parts = x.reshape(len(x.data), 1 + self.actions, -1)
    value, advantage = parts[:, :1], parts[:, 1:]
    q = value + advantage - advantage.mean(0, keepdim=True)
    return q.reshape(len(x.data), -1)


def lost_on_an_atom(reward, terminated, next_probability, atoms, discount):
    """Floor and ceil are the same there, and so both parts are 0."""
    moved = np.reshape(discount, (-1, 1)) * atoms * ~terminated[:, None]
    place = np.clip(reward[:, None] + moved, atoms[0], atoms[-1]) - atoms[0]
    place = place / (atoms[1] - atoms[0])
    low, high = np.floor(place).astype(int), np.ceil(place).astype(int)
    out, rows = np.zeros(next_probability.shape), np.arange(len(reward))[:, None]
    np.add.at(out, (rows, low), next_probability * (high - place))
    np.add.at(out, (rows, high), next_probability * (place - low))
    return out


def levels_reversed(quantile, td_target, delta):
    return function_at_first[f"{TARGETS}quantile_huber_loss"](-quantile, -td_target, delta)


def parents_only(self, index, weight):
    node = self.first + np.asarray(index)
    self.nodes[node] = weight
    if self.depth:
        self.nodes[node // 2] = self.nodes[node // 2 * 2] + self.nodes[node // 2 * 2 + 1]


def position_kept(self, position):
    node = np.ones(len(position), int)
    for _ in range(self.depth):
        node = 2 * node + (position >= self.nodes[2 * node])
    return node - self.first


WRONG = {
    "the end is worth something to a critic": (f"{OFF_POLICY}td_target", end_ignored),
    "the mean of the critics": (f"{OFF_POLICY}td_target", mean_of_critics),
    "the mean over the critics too": (
        f"{OFF_POLICY}critic_loss",
        lambda q, td_target: ((q - td_target) ** 2).mean(),
    ),
    "noise that is not clipped": (
        f"{TD3}smoothed_action",
        lambda action, noise, clip: (action + noise).clip(-1, 1),
    ),
    "the density before the squashing": (GAUSSIAN, before_the_squashing),
    "the gradient stops at the sample": (GAUSSIAN, sample_without_gradient),
    "the actor follows one critic": (
        f"{SAC}sac_actor_loss",
        lambda log_prob, q, alpha: (alpha * log_prob - q[0]).mean(),
    ),
    "alpha moves the wrong way": (
        f"{SAC}alpha_loss",
        lambda log_alpha, log_prob, target: log_alpha * (float(log_prob.numpy().mean()) + target),
    ),
    "one network for both": (f"{RAINBOW}double_choice", one_network),
    "the mean advantage of the batch": (DUELING, mean_of_the_batch),
    "lost exactly on an atom": (f"{TARGETS}c51_projection", lost_on_an_atom),
    "the highest quantile is the lowest": (f"{TARGETS}quantile_huber_loss", levels_reversed),
    "sums of parents only": (f"{TREE}update", parents_only),
    "the left sum is not taken off": (f"{TREE}find", position_kept),
    "the end of an episode is worth something": (
        f"{TABLE}td_target",
        lambda r, v, terminated, gamma: r + gamma * v,
    ),
    "an entry jumps to its target": (f"{TABLE}Table.move", to_the_target),
    "updates are not counted": (f"{TABLE}Table.move", without_counting),
    "every action is equally likely": (f"{TABLE}expected_value", lambda q, epsilon: q.mean()),
    "a row chooses and evaluates": (f"{TABLE}double_value", lambda choosing, row: row.max()),
    "nothing follows the last reward": (
        f"{EPISODE}returns",
        lambda rewards, gamma, last=0.0: function_at(f"{EPISODE}returns")(rewards, gamma),
    ),
    "illegal actions compete": (f"{SEARCH}formulas.puct_select", among_all),
    "the sign changes once for all steps": (f"{SEARCH}batched.Trees.back_up", one_sign),
    "the same noise in all rows": (f"{SEARCH}formulas.with_noise", one_draw_of_noise),
    "half the squared error": (f"{ZERO}alphazero_loss", no_factor_of_two),
    "boards turned without their policies": (TURNED, boards_alone),
    "the outcome of one player for all": ("undergrad.rl.self_play.outcomes", lambda f, left: f),
    "the temperature as the power": (
        f"{ZERO}visit_policy",
        lambda n, t: n**t / (n**t).sum(1, keepdims=True),
    ),
    "the end is ignored": (f"{DQN}dqn_target", lambda r, q, end, gamma: r + gamma * q.max(1)),
    "the mean instead of the largest": (
        f"{DQN}dqn_target",
        lambda r, q, end, gamma: r + gamma * (1 - end) * q.mean(1),
    ),
    "one draw for all rows": (f"{DQN}epsilon_greedy", one_draw_for_all),
    "never the best when exploring": (f"{DQN}epsilon_greedy", among_the_others),
    "it goes on after the end": (f"{DQN}linear_schedule", lambda a, b, n, t: a + (b - a) * t / n),
    "a copy is changed": ("undergrad.rl.networks.polyak_update", copied),
    "tau is the part that is kept": ("undergrad.rl.networks.polyak_update", swapped),
    "no discount": (f"{REPLAY}discounted_sum", lambda rewards, gamma: sum(rewards)),
    "the logarithm of a probability that is 0": (LOG_PROB, of_softmax),
    "the entropy is not learned from": (ENTROPY, entropy_without_gradient),
    "each environment is normalised apart": (NORMALIZED, each_environment_apart),
    "some matrices are more likely": (ORTHOGONAL, signs_of_the_decomposition),
    "a time limit is an end": (RETURNS, ends_alike(function_at(RETURNS))),
    "a time limit is an end for the critic": (GAE, one_mask_for_both),
    "advantages across episodes": (GAE, across_episodes),
    "a constant error is punished": (EXPLAINED, punishing_a_constant),
    "no entropy": (A2C_LOSS, without_entropy),
    "the critic does not learn": (A2C_LOSS, values_without_gradient),
    "what was seen after a reset": (COLLECT, next_row_seen),
    "the last slot for all": (ADD, stuck_when_full),
    "slots that were never written": (SAMPLE, from_all_slots(function_at(SAMPLE))),
    "the same batch again": (SAMPLE, one_batch_repeated(function_at(SAMPLE))),
    "across points": (TO_POINTS, lambda *given: function_at(RETURNS)(*given)),
    "only points that are won end a sum": (
        TO_POINTS,
        lambda r, end, *rest: function_at(RETURNS)(r, end | (r > 0), *rest),
    ),
    "bytes that wrap round": (
        DIFFERENCE,
        lambda now, before, brightest: in_bytes(now, before) / brightest,
    ),
    "no minimum": (f"{PPO}clipped_surrogate", clipped_on_both_sides),
    "an estimate below 0": (f"{PPO}approx_kl", lambda log_ratio: float(-log_ratio.mean())),
    "the same order in every epoch": (f"{PPO}minibatches", one_order),
    "means that are not compared": (STATS, means_only),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_part_is_refused(kind):
    name, wrong = WRONG[kind]
    assert judge(name, lambda own, borrowed: wrong, None).reason != ""


def test_without_own_parts_all_of_a_dqn_agent_is_on_loan():
    found = account_of(presets.load("cartpole"), ())
    of_its_own = DQN, REPLAY, f"{NETWORKS}polyak_update"
    of_dqn = {name for name in AGENT_TRIALS if name.startswith(of_its_own)}
    assert of_dqn <= {loan.name for loan in found.on_loan}
    assert "loops" in found.frame


@pytest.mark.parametrize("distributional", ["c51", "quantile"])
def test_rainbow_is_made_of_its_blocks(distributional):
    blocks = {"double": "true", "dueling": "true", "per_alpha": "0.5"}
    preset = presets.load("catch").with_settings({**blocks, "distributional": distributional})
    found = {loan.name for loan in account_of(preset, ()).on_loan}
    loss = {"c51": "c51_projection", "quantile": "quantile_huber_loss"}
    others = {f"{TARGETS}{name}" for key, name in loss.items() if key != distributional}
    assert RAINBOW_TRIALS.keys() - found == others


def test_returns_are_a_part_of_an_agent_that_learns_from_episodes():
    found = account_of(presets.load("reinforce"), ())
    assert RETURNS in {loan.name for loan in found.on_loan}


def test_an_agent_that_plays_from_pixels_sees_differences_and_counts_to_the_next_point():
    names = {
        preset: {loan.name for loan in account_of(presets.load(preset), ()).on_loan}
        for preset in ("minipong", "minipong-ppo", "reinforce")
    }
    assert {TO_POINTS, DIFFERENCE} <= names["minipong"]
    assert not {TO_POINTS, DIFFERENCE} & (names["minipong-ppo"] | names["reinforce"])


def test_ppo_has_parts_of_its_own_and_measures_what_the_pendulum_shows():
    names = {
        preset: {loan.name for loan in account_of(presets.load(preset), ()).on_loan}
        for preset in ("ppo", "ppo-pendulum")
    }
    own = {name for name in AGENT_TRIALS if name.startswith(PPO)}
    assert own <= names["ppo"] and STATS not in names["ppo"]
    assert own | {STATS} <= names["ppo-pendulum"]


@pytest.mark.parametrize("preset", ["a2c", "ppo"])
def test_an_agent_that_learns_from_rollouts_borrows_their_parts(preset):
    found = {loan.name for loan in account_of(presets.load(preset), ()).on_loan}
    assert {GAE, EXPLAINED, COLLECT} <= found
    assert (A2C_LOSS in found) == (preset == "a2c")


@pytest.mark.parametrize(
    "preset, own",
    [
        ("td3-pendulum", {f"{TD3}smoothed_action"}),
        ("sac-pendulum", {GAUSSIAN, f"{SAC}sac_actor_loss", f"{SAC}alpha_loss"}),
    ],
)
def test_an_actor_of_rows_of_numbers_has_parts_of_its_own(preset, own):
    found = {loan.name for loan in account_of(presets.load(preset), ()).on_loan}
    shared = {f"{OFF_POLICY}{name}" for name in ("td_target", "critic_loss")}
    shared |= {f"{NETWORKS}polyak_update", ADD, SAMPLE}
    assert own | shared <= found


@pytest.mark.parametrize(
    "method, parts",
    [
        ("q_learning", {"td_target", "Table.move"}),
        pytest.param(
            "expected_sarsa",
            {"td_target", "Table.move", "expected_value"},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "double_q_learning",
            {"td_target", "Table.move", "double_value"},
            marks=pytest.mark.slow,
        ),
        pytest.param("n_step_sarsa", {"Table.move", "returns"}, marks=pytest.mark.slow),
    ],
)
def test_a_table_learns_from_the_parts_of_its_rule(method, parts):
    preset = presets.load("frozenlake").with_settings({"method": method})
    found = account_of(preset, ())
    assert {*parts, "linear_schedule"} == {part_name(loan.name) for loan in found.on_loan}
