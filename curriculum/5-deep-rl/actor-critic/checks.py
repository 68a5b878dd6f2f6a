"""The checks of `actor-critic`.

Advantages are compared on rollouts in which episodes end in each of the three ways, and in both at
once. Worlds side by side play from a script. Where actions are sampled, the exercise says by which
call, and the generator is shown to decide.
"""

import numpy as np

from undergrad.checker import decided_by, task


def rollout(rng):
    """r, terminated, truncated, value, next_value: (T, N), with ends of every kind inside."""
    T, N = int(rng.integers(7, 10)), int(rng.integers(3, 6))
    r, value, next_value = rng.normal(size=(3, T, N)) + np.array([1, 2, 3])[:, None, None]
    terminated, truncated = rng.random((2, T, N)) < 0.15
    terminated[[2, 4], 0], truncated[[2, 4], 0] = (True, False), (False, True)
    terminated[3, 1] = truncated[3, 1] = True
    terminated[5:, 2] = truncated[5:, 2] = False
    terminated[-1, :2], truncated[-1, :2] = (True, False), (False, True)
    continues = ~(terminated | truncated)[:-1]
    next_value[:-1][continues] = value[1:][continues]  # the same state, seen twice
    return r, terminated, truncated, value, next_value


# --- advantages


@task(1, "compares the reward and the discounted next value with the value", keeps_arguments=True)
def one_step(code, rng):
    r, _, _, value, next_value = rollout(rng)
    never = np.zeros(r.shape, bool)
    return [code.td_error(r, never, value, next_value, gamma) for gamma in (0.9, 0.5, 1.0)]


@task(1, "does not count the next value after a true end", keeps_arguments=True)
def ends(code, rng):
    r, terminated, _, value, next_value = rollout(rng)
    return code.td_error(r, terminated, value, next_value, 0.9)


def world(rng, S=4, A=3):
    """Random tables in which the last state is an end."""
    P, R = rng.dirichlet(np.ones(S), size=(S, A)), rng.normal(size=(S, A)) + 1
    P[-1], R[-1] = np.eye(S)[-1], 0
    return P, R, rng.dirichlet(np.ones(A), size=S)


@task(2, "finds the policy's values and every advantage", keeps_arguments=True)
def exact(code, rng):
    return [code.true_advantage(*world(rng, S), gamma) for S, gamma in ((4, 0.9), (5, 0.5))]


@task(2, "is 0 on average over the policy's own actions")
def mean_zero(code, rng):
    P, R, pi = world(rng)
    _, advantage = code.true_advantage(P, R, pi, 0.8)
    return (pi * advantage).sum(axis=1)


@task(3, "is the TD error for one step", keeps_arguments=True)
def n_of_one(code, rng):
    return code.n_step_advantage(*rollout(rng), 0.9, 1)


@task(3, "adds up n rewards before the critic's value", keeps_arguments=True)
def n_inside(code, rng):
    r, _, _, value, next_value = rollout(rng)
    next_value[:-1] = value[1:]
    never = np.zeros(r.shape, bool)
    return [code.n_step_advantage(r, never, never, value, next_value, 0.8, n) for n in (2, 3)]


@task(3, "stops where an episode or the rollout ends", keeps_arguments=True)
def n_with_ends(code, rng):
    given = rollout(rng)
    return [code.n_step_advantage(*given, 0.9, n) for n in (2, 3, 5, 30)]


@task(4, "weights the n-step advantages, together 1")
def weights(code, rng):
    chosen = 0.0, 0.5, float(rng.uniform(0.6, 0.99)), 1.0
    return [code.lambda_weights(each, T) for each in chosen for T in (2, 3, 6)]


@task(5, "adds up the discounted TD errors to come", needs=[1], keeps_arguments=True)
def undisturbed(code, rng):
    r, _, _, value, next_value = rollout(rng)
    never = np.zeros(r.shape, bool)
    return [code.gae(r, never, never, value, next_value, 0.9, each) for each in (0.5, 0.95)]


@task(5, "treats each of the three ends rightly", needs=[1], keeps_arguments=True)
def three_ends(code, rng):
    return code.gae(*rollout(rng), 0.9, 0.8)


@task(5, "is the TD error for 0, and everything earned for 1", needs=[1], keeps_arguments=True)
def extremes(code, rng):
    given = rollout(rng)
    return [code.gae(*given, 0.7, each) for each in (0.0, 1.0)]


@task(5, "accepts a rollout of one step, and rewards that are whole numbers", needs=[1])
def whole_rewards(code, rng):
    r, *rest = rollout(rng)
    short = [each[:1] for each in (r, *rest)]
    return code.gae(*short, 0.9, 0.8), code.gae(rng.integers(5, size=r.shape), *rest, 0.9, 0.8)


@task(6, "finds the bias that a wrong critic leaves", keeps_arguments=True)
def bias(code, rng):
    P, _, pi = world(rng)
    error = np.append(rng.normal(size=3), 0)
    return [code.advantage_bias(P, pi, error, 0.9, each) for each in (0.0, 0.6, 0.95, 1.0)]


@task(6, "is right where nothing is discounted")
def bias_undiscounted(code, rng):
    P, _, pi = world(rng, 5)
    return code.advantage_bias(P, pi, rng.normal(size=5), 1.0, 0.7)


@task(7, "finds the value that a critic learns when the clock counts as an end")
def cut(code, rng):
    gamma, limit = float(rng.uniform(0.8, 0.99)), int(rng.integers(5, 200))
    return [code.cut_value(*each) for each in ((gamma, limit), (0.9, 3), (0.5, 1))]


@task(7, "is right where nothing is discounted, or all")
def cut_undiscounted(code, rng):
    return code.cut_value(1.0, 50), code.cut_value(0.0, 7)


# --- many worlds


class Script:
    """A world without chance. State 100 k + i: step i of episode k, as a number or as two."""

    def __init__(self, lengths, kind, rows=False):
        self.lengths, self.kind, self.rows = lengths, kind, rows
        self.episode = -1

    def _seen(self):
        s = 100 * self.episode + self.steps
        return np.array([s, -s, 0.5]) if self.rows else s

    def reset(self):
        self.episode, self.steps = self.episode + 1, 0
        return self._seen()

    def step(self, a):
        self.steps += 1
        over = self.steps >= self.lengths[self.episode % len(self.lengths)]
        reward = 10.0 * self.steps + int(a)
        return self._seen(), reward, over and self.kind != "limit", over and self.kind != "end"


def scripts(rows=False):
    lengths = ((2, 3), (4, 1), (3, 5), (9, 9))
    kinds = ("end", "limit", "both", "end")
    return [Script(*each, rows) for each in zip(lengths, kinds, strict=True)]


@task(8, "begins an episode in every world, once")
def begins(code, rng):
    worlds = scripts()
    env = code.VecEnv(worlds)
    return np.array(env.s), [each.episode for each in worlds]


@task(8, "returns what was truly seen, and acts on from the reset", keeps_arguments=True)
def sees(code, rng):
    worlds = scripts()
    env, found = code.VecEnv(worlds), []
    for _ in range(6):
        seen = env.step(rng.integers(4, size=4))
        found.append((*(np.array(each) for each in seen), np.array(env.s)))
    return found, [each.episode for each in worlds]


@task(8, "keeps what it returned apart from what comes later")
def apart(code, rng):
    env = code.VecEnv(scripts())
    kept = [env.step(np.array([1, 0, 2, 3])) for _ in range(5)]
    env.s[:] = -1
    return [tuple(np.array(each) for each in seen) for seen in kept]


@task(8, "takes states that are arrays too")
def of_arrays(code, rng):
    env = code.VecEnv(scripts(rows=True))
    first = np.array(env.s)
    return first, *(env.step(np.zeros(4, int))[0] for _ in range(3)), np.array(env.s)


@task(9, "records T steps of every world", needs=[8])
def collected(code, rng):
    env = code.VecEnv(scripts())
    return code.collect(env, lambda s: np.asarray(s) % 3, 5), np.array(env.s)


@task(9, "goes on where the last rollout stopped", needs=[8])
def goes_on(code, rng):
    env, asked = code.VecEnv(scripts()), []

    def act(s):
        asked.append(np.array(s))
        return np.arange(4)

    return code.collect(env, act, 3), code.collect(env, act, 1), asked


@task(9, "records states that are arrays too", needs=[8])
def collected_arrays(code, rng):
    env = code.VecEnv(scripts(rows=True))
    return code.collect(env, lambda s: (s[:, 0] > 1).astype(int), 4)


# --- the loss


def batch(rng):
    B, A = int(rng.integers(5, 9)), int(rng.integers(3, 5))
    values, advantage, returns = rng.normal(size=(3, B))
    return 2 * rng.normal(size=(B, A)), values, rng.integers(A, size=B), advantage, 2 * returns


@task(10, "adds the policy loss and the weighted value loss", keeps_arguments=True)
def two_losses(code, rng):
    given = batch(rng)
    return [code.a2c_loss(*given, vf_coef, 0.0) for vf_coef in (0.5, 1.0, 0.0)]


@task(10, "subtracts the weighted entropy", keeps_arguments=True)
def with_entropy(code, rng):
    given = batch(rng)
    return [code.a2c_loss(*given, 0.7, ent_coef) for ent_coef in (0.01, 0.4)]


@task(11, "compares what is left with the variance of the returns", keeps_arguments=True)
def explained(code, rng):
    returns = 3 * rng.normal(size=(5, 4)) + 7
    value = returns + rng.normal(size=(5, 4))
    return [
        code.explained_variance(*each)
        for each in ((value, returns), (-value[0], returns[0]), (returns, returns))
    ]


@task(11, "does not mind a value that is too large everywhere")
def shifted(code, rng):
    returns = rng.normal(size=9)
    return code.explained_variance(returns + 5, returns), code.explained_variance(
        np.full(9, 2.0), returns
    )


@task(11, "is 0 where all returns are equal")
def nothing_to_explain(code, rng):
    values = rng.normal(size=7)
    return [code.explained_variance(values, np.full(7, each)) for each in (0.0, 3.0, 0.1)]


# --- the agent


def lane(code, rng, N=3, limit=4):
    """Worlds of four squares in a row, with wind in all but the first.

    Episodes begin in state 0, to which nothing leads back, and the wind leads to the end, state 5.
    In the first world every episode lasts until the clock stops it.
    """
    R, v = rng.normal(size=(6, 3)) + 1, rng.normal(size=6) + 2
    worlds = []
    for number, own in enumerate(rng.spawn(N)):
        wind = 0.2 if number else 0.0
        P = np.zeros((6, 3, 6))
        for s in range(5):
            for a, move in enumerate((0, 1, -1)):
                P[s, a, min(max(s + move, 1), 4)] += 1 - wind
                P[s, a, 5] += wind
        P[5, :, 5] = 1
        worlds.append(code.World(P, R, np.eye(6)[0], (5,), limit, own))
    return code.VecEnv(worlds), rng.normal(size=(6, 3)), v


@task(12, "finds the gradients of one rollout", needs=[5, 8, 9, 10], keeps_arguments=True)
def of_one_rollout(code, rng):
    env, theta, v = lane(code, rng)
    return code.a2c_gradients(env, theta, v, 8, rng)


@task(12, "passes its settings on", needs=[5, 8, 9, 10])
def settings(code, rng):
    found = []
    for chosen in (
        {"gamma": 0.8}, {"gae_lambda": 0.3}, {"vf_coef": 0.9}, {"ent_coef": 0.2},
    ):  # fmt: skip
        env, theta, v = lane(code, rng)
        found.append(code.a2c_gradients(env, theta, v, 5, rng, **chosen))
    return found


@task(12, "descends on both tables, in place", needs=[5, 8, 9, 10])
def descends(code, rng):
    found = []
    for updates, lr in ((1, 0.5), (4, 0.3)):
        env, theta, v = lane(code, rng)
        code.a2c(env, theta, v, 5, updates, rng, lr=lr, ent_coef=0.1)
        found.append((theta, v))
    return found


@task(12, "has a learning rate of 20 when none is given", needs=[5, 8, 9, 10])
def default_rate(code, rng):
    env, theta, v = lane(code, rng)
    code.a2c(env, theta, v, 5, 1, rng)
    return theta, v


@task(12, "leaves its actions to the generator", needs=[5, 8, 9, 10])
def by_generator(code, rng):
    def learned(own):
        env, theta, v = lane(code, np.random.default_rng(3), N=8)
        return code.a2c_gradients(env, theta, v, 8, own)

    return decided_by(learned, rng)


@task(13, "is A2C with a single worker", needs=[5, 8, 9, 10, 12])
def one_worker(code, rng):
    env, theta, v = lane(code, rng)
    code.a3c([env], theta, v, 5, 4, rng, lr=0.4, ent_coef=0.1)
    return theta, v


@task(13, "collects and differentiates with a worker's own copy", needs=[5, 8, 9, 10, 12])
def stale(code, rng):
    _, theta, v = lane(code, rng)
    envs = [lane(code, rng)[0] for _ in range(3)]
    code.a3c(envs, theta, v, 5, 8, rng, lr=0.4)
    return theta, v


@task(13, "has a learning rate of 20 when none is given", needs=[5, 8, 9, 10, 12])
def default_rate_of_workers(code, rng):
    _, theta, v = lane(code, rng)
    code.a3c([lane(code, rng)[0] for _ in range(2)], theta, v, 5, 2, rng)
    return theta, v


@task(14, "says what helps the agent on the road more")
def concluded(code, rng):
    return code.helps_more()
