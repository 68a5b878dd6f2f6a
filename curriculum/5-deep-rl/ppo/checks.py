"""The checks of `ppo`.

What is exact in a small world is compared exactly. A step of the trust region is judged by its
direction and its KL divergence, since its length may be found in several ways. Where the order of
random draws is free, the learner's loop sees batches in which the order does not matter.
"""

import numpy as np

from undergrad.checker import decided_by, task, within


def world_of(rng, S=4, A=3):
    """Random tables: some steps are impossible, and the last state is an end."""
    P, R = rng.dirichlet(np.ones(S), size=(S, A)), 3 * rng.normal(size=(S, A))
    P[0, 0] = np.eye(S)[S - 2]
    P[S - 1], R[S - 1] = np.eye(S)[S - 1], 0
    return P, R, np.array([0.7, 0.3, *[0.0] * (S - 2)])


def two_policies(rng, S=4, A=3):
    """An old policy and a new one; in some states the new one excludes an action."""
    old, new = rng.dirichlet(np.ones(A), size=(2, S))
    new[1] = [0.0, *rng.dirichlet(np.ones(A - 1))]
    return old, new


# --- how far may one rollout carry us?


@task(1, "is what the new policy earns more than the old one", keeps_arguments=True)
def gained(code, rng):
    world, (old, new) = world_of(rng), two_policies(rng)
    return [float(code.gain(world, *pair, 0.9)) for pair in ((old, new), (new, old), (old, old))]


@task(1, "promises a gain from the visits of the old policy", keeps_arguments=True)
def promised(code, rng):
    world, (old, new) = world_of(rng), two_policies(rng)
    other = rng.dirichlet(np.ones(3), size=4)
    pairs = (old, new), (other, old), (old, old)
    return [float(code.promised_gain(world, *pair, 0.8)) for pair in pairs]


@task(1, "promises 0.36 on the ice, where the truth is a loss of 2.07")
def on_the_ice(code, rng):
    old, new = np.tile([0.9, 0.1], (3, 1)), np.tile([0.0, 1.0], (3, 1))
    world = code.ice()
    return float(code.promised_gain(world, old, new, 0.5)), float(code.gain(world, old, new, 0.5))


@task(2, "sums p log(p / q) in each row", keeps_arguments=True)
def divergence(code, rng):
    p, q = rng.dirichlet(np.ones(4), size=(2, 5))
    return code.kl(p, q), code.kl(q, p)


@task(2, "adds nothing where p is 0")
def divergence_of_zeros(code, rng):
    q = rng.dirichlet(np.ones(3), size=3)
    return code.kl(np.array([[0.0, 0.4, 0.6], [0, 0, 1], [1, 0, 0]]), q)


@task(2, "takes the penalty from the promise", needs=[1], keeps_arguments=True)
def bounded(code, rng):
    world, (old, new) = world_of(rng), two_policies(rng)
    world[1][1, 1], old[1] = -30, (0.4, 0.2, 0.4)  # the largest advantage is far below 0
    return [float(code.least_gain(world, old, new, gamma)) for gamma in (0.0, 0.5, 0.9)]


# --- a trust region


def features(rng, S=4, D=3, A=3):
    """Features of states that share parameters, parameters, and the policy they make."""
    x, theta = rng.normal(size=(S, D)), rng.normal(size=(D, A))
    powers = np.exp(x @ theta)
    return x, theta, powers / powers.sum(axis=1, keepdims=True)


@task(3, "multiplies the Fisher information with a direction", keeps_arguments=True)
def fisher_by_direction(code, rng):
    x, _, pi = features(rng, S=5, A=4)
    weight = rng.uniform(0.1, 3, size=5)
    return code.fisher_product(x, pi, weight, rng.normal(size=(3, 4)))


@task(3, "is 0 for a direction that changes all logits of a state alike")
def fisher_of_nothing(code, rng):
    x, _, pi = features(rng)
    alike = np.repeat(rng.normal(size=(3, 1)), 3, axis=1)
    return np.round(code.fisher_product(x, pi, np.ones(4), alike), 12) + 0.0


def system(rng, n=5):
    """A symmetric matrix with eigenvalues from 1 to n, and its product as a function."""
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    M = q @ np.diag(np.arange(1.0, n + 1)) @ q.T
    return M, lambda v: M @ v


@task(4, "solves M x = b from products alone", keeps_arguments=True)
def solved(code, rng):
    _, product = system(rng)
    return code.conjugate_gradient(product, rng.normal(size=5))


@task(4, "solves for a table, and where M has no inverse")
def solved_table(code, rng):
    M, _ = system(rng, 6)
    half = M[:, :4]
    singular, b = half @ half.T, half @ rng.normal(size=4)
    x = code.conjugate_gradient(lambda v: (singular @ v.ravel()).reshape(2, 3), b.reshape(2, 3))
    nothing = [code.conjugate_gradient(lambda v: 3 * v, np.zeros((2, 3)), tol=t) for t in (1e-9, 0)]
    return x, nothing


@task(4, "is exact along the first directions after as many steps")
def stopped(code, rng):
    _, product = system(rng)
    b = rng.normal(size=5)
    return [code.conjugate_gradient(product, b, steps=n) for n in (1, 2, 3)]


@task(4, "stops as soon as the residual is small")
def saves_products(code, rng):
    calls = []

    def product(v):
        calls.append(1)
        return np.array([1.0, 1, 1, 2, 2]) * v  # two eigenvalues: two steps

    code.conjugate_gradient(product, rng.normal(size=5), steps=40)
    return len(calls) <= 8


def trusted(code, rng, max_kl):
    """A step in a world whose states share parameters: the old policy, the new one, and visits."""
    world, (x, theta, pi) = world_of(rng), features(rng)
    new = code.softmax(x @ np.asarray(code.trpo_step(world, x, theta, 0.9, max_kl)))
    visits = code.evaluate(world, pi, 0.9)[2]
    return world, pi, new, visits / visits.sum(), (x, theta)


@task(5, "goes as far as the KL divergence allows", needs=[3, 4], judge=within(0.989, 1.011))
def to_the_limit(code, rng):
    found = []
    # Far away the divergence grows slowly, so the step can be longer than twice its estimate.
    for max_kl in (1e-4, 0.01, 0.05, 0.4, *[3.0] * 8):
        _, pi, new, weight, _ = trusted(code, rng, max_kl)
        found.append(float(weight @ (pi * np.log(pi / new)).sum(axis=1) / max_kl))
    return found


@task(5, "goes along the natural gradient", needs=[3, 4], keeps_arguments=True)
def along_natural(code, rng):
    world, (x, theta, _) = world_of(rng), features(rng)
    step = code.trpo_step(world, x, theta, 0.9, 0.01) - theta
    step = step - step.mean(axis=1, keepdims=True)
    return step / np.sqrt((step**2).sum())


# --- the clip


def ratios(rng):
    """Advantages of both signs and 0, with ratios below, within and above every clip range."""
    ratio = rng.uniform(0.85, 1.15, size=12)
    ratio[:4], ratio[4:8] = rng.uniform(0.05, 0.6, size=4), rng.uniform(1.5, 4, size=4)
    sign = np.resize([1.0, -1.0], 12)
    advantage = sign * rng.uniform(0.5, 2, size=12)
    advantage[8] = 0.0
    return ratio, advantage


@task(6, "takes the smaller of the two products", keeps_arguments=True)
def objectives(code, rng):
    ratio, advantage = ratios(rng)
    return [code.clipped_surrogate(ratio, advantage, clip)[0] for clip in (0.2, 0.3)]


@task(6, "has a gradient where the smaller one depends on the ratio", keeps_arguments=True)
def gradients_of_ratio(code, rng):
    ratio, advantage = ratios(rng)
    return [code.clipped_surrogate(ratio, advantage, clip)[1] for clip in (0.2, 0.3)]


@task(6, "says in which of the six cases a row still has a gradient")
def cases(code, rng):
    return np.asarray(code.six_cases())


@task(7, "keeps all ratios but one within the clip", keeps_arguments=True)
def within_the_clip(code, rng):
    found = []
    for A, clip, distance in ((3, 0.2, 1.0), (5, 0.3, 3.0), (4, 0.1, 0.5)):
        others = np.arange(1, A) + 0.05 * rng.random(A - 1)
        old = rng.permutation([0.06, *0.94 * others / others.sum()])
        new = np.asarray(code.far_within(old, clip, distance), float)
        outside = np.abs(new / old - 1) > clip + 1e-9
        positive = bool((new > 0).all()) and bool(np.isfinite(new).all())
        far = positive and float((old * np.log(old / new)).sum()) >= distance
        left = int(outside.sum())  # one, since within the clip no policy is as far as this
        found.append((new.shape, positive, round(float(new.sum()), 9), left, bool(far)))
    return found


# --- how far has it moved?


@task(8, "finds three estimates for each row", keeps_arguments=True)
def estimates(code, rng):
    return code.kl_estimates(0.5 * rng.normal(size=7))


@task(8, "finds their bias and standard deviation", keeps_arguments=True)
def biases(code, rng):
    found = []
    for A in (3, 5):
        old, new = rng.dirichlet(np.full(A, 3.0), size=2)
        bias, std = code.bias_and_std(old, new)
        found += [np.round(bias, 12) + 0.0, std]
    return found


# --- the loss


@task(9, "has every row once in each epoch")
def every_row(code, rng):
    found = []
    for count, n_epochs, size in ((10, 3, 4), (6, 2, 3), (3, 4, 5), (4, 1, 1)):
        rows = [np.asarray(each) for each in code.minibatches(count, n_epochs, size, rng)]
        per_epoch = -(-count // size)
        epochs = [rows[i : i + per_epoch] for i in range(0, len(rows), per_epoch)]
        found.append(([len(each) for each in rows], [sorted(np.concatenate(e)) for e in epochs]))
    return found


@task(9, "draws a new order in every epoch", judge=within(0.88, 1.12))
def new_orders(code, rng):
    rows = [np.asarray(each) for each in code.minibatches(5, 16_000, 5, rng)]
    first = np.array([each[0] for each in rows])
    same = np.mean(first[1:] == first[:-1])
    return [*(float(np.mean(first == each)) * 5 for each in range(5)), float(same) * 5]


@task(9, "leaves the order to the generator")
def orders_by_generator(code, rng):
    return decided_by(lambda rng: [*map(np.asarray, code.minibatches(20, 2, 8, rng))], rng)


def rows_of(rng, B=9, A=3):
    """Logits and values of a minibatch whose ratios lie below, within and above the clip range."""
    logits, action = rng.normal(size=(B, A)), rng.integers(A, size=B)
    now = logits[np.arange(B), action] - np.log(np.exp(logits).sum(axis=1))
    apart = np.resize([-0.8, 0.05, 0.7, -0.04, 0.5], B)
    batch = {
        "action": action, "log_prob": now - apart, "advantage": 2 * rng.normal(size=B),
        "returns": 3 + rng.normal(size=B),
    }  # fmt: skip
    return logits, rng.normal(size=B), batch


@task(10, "is minus the clipped surrogate, with its gradient", needs=[6], keeps_arguments=True)
def policy_part(code, rng):
    return [
        code.ppo_loss(*rows_of(rng, B), clip_range=clip, vf_coef=0.0)
        for B, clip in ((9, 0.2), (5, 0.6))
    ]


@task(10, "adds the error of the values and the entropy", needs=[6], keeps_arguments=True)
def whole_loss(code, rng):
    return code.ppo_loss(*rows_of(rng), vf_coef=0.7, ent_coef=0.3), code.ppo_loss(*rows_of(rng, 6))


# --- the algorithm


def rollout_of(rng, T=6, N=3, D=4, A=2):
    """Steps with a terminated and a truncated episode inside."""
    terminated, truncated = np.zeros((2, T, N), bool)
    terminated[2, 0] = truncated[3, 1] = truncated[1, 2] = True
    return {
        "observation": rng.normal(size=(T, N, D)), "action": rng.integers(A, size=(T, N)),
        "after": rng.normal(size=(T, N, D)), "reward": rng.normal(size=(T, N)),
        "terminated": terminated, "truncated": truncated,
    }  # fmt: skip


class Flat:
    """What `actor_critic` needs to know of a world."""

    shape = 4, 2


def net_of(code, rng):
    """Networks whose actor is not undecided."""
    net = code.actor_critic(Flat, rng, hidden=5)
    net["actor"][-2] *= 60
    return net


@task(11, "prepares what is known of each step before learning begins", keeps_arguments=True)
def prepared(code, rng):
    batch = code.prepare(rollout_of(rng), net_of(code, rng), 0.9, 0.7)
    names = "observation", "action", "log_prob", "advantage", "returns", "value"
    return {name: np.asarray(batch[name]) for name in names}


@task(11, "has a gamma of 0.99 and a gae_lambda of 0.95 when none are given")
def prepared_by_default(code, rng):
    return np.asarray(code.prepare(rollout_of(rng), net_of(code, rng))["advantage"])


class Step:
    """An optimiser that takes plain steps, and keeps the gradients."""

    def __init__(self, params, lr=0.1):
        self.params, self.lr, self.seen = params, lr, []

    def step(self, grads):
        self.seen.append([np.array(g) for g in grads])
        for w, g in zip(self.params, grads, strict=True):
            w -= self.lr * g


def batch_of(code, rng, net, B=9):
    """A batch whose log-probabilities are not those of the networks."""
    observation, action = rng.normal(size=(B, 4)), rng.integers(2, size=B)
    logits, _ = code.forward(net["actor"], observation)
    return {
        "observation": observation, "action": action,
        "log_prob": code.log_prob(logits, action) - np.resize([-0.5, 0.1, 0.4], B),
        "advantage": 5 + rng.normal(size=B), "returns": 2 + rng.normal(size=B),
        "value": rng.normal(size=B),
    }  # fmt: skip


def learned(code, rng, lr=0.1, **settings):
    """The gradients, the log and the batch after `learn`, where each minibatch is the batch."""
    net = net_of(code, rng)
    batch, optimiser = batch_of(code, rng, net), Step(net["actor"] + net["critic"], lr)
    before = {name: column.copy() for name, column in batch.items()}
    log = code.learn(net, optimiser, batch, rng, size=9, **settings)
    kept = all((before[name] == batch[name]).all() for name in before)
    names = "approx_kl", "clip_fraction", "explained_variance"
    return optimiser.seen, {name: float(log[name]) for name in names}, bool(kept)


@task(12, "takes one step with normalised advantages", needs=[6, 8, 9, 10])
def one_step(code, rng):
    return learned(code, rng, n_epochs=1, max_grad_norm=100.0, ent_coef=0.2)


@task(12, "clips the gradients by their global norm", needs=[6, 8, 9, 10])
def clipped_gradients(code, rng):
    return learned(code, rng, n_epochs=1, max_grad_norm=0.3), learned(code, rng, n_epochs=1)


@task(12, "compares with the policy that acted in every epoch", needs=[6, 8, 9, 10])
def several_epochs(code, rng):
    return learned(code, rng, n_epochs=4, lr=0.7, max_grad_norm=2.0, clip_range=0.3)


@task(12, "takes a step for each minibatch of each epoch", needs=[6, 8, 9, 10])
def steps_of_minibatches(code, rng):
    found = []
    for settings in ({"n_epochs": 2, "size": 4}, {}):
        net = net_of(code, rng)
        batch, optimiser = batch_of(code, rng, net), Step(net["actor"] + net["critic"])
        one = {name: np.repeat(column[:1], 10, axis=0) for name, column in batch.items()}
        code.learn(net, optimiser, one, rng, **settings)
        found.append((len(optimiser.seen), optimiser.seen[-1]))
    return found


@task(12, "has minibatches of 256 rows when no size is given", needs=[6, 8, 9, 10])
def default_size(code, rng):
    found = []
    for B in (512, 513):
        net = net_of(code, rng)
        optimiser = Step(net["actor"] + net["critic"])
        code.learn(net, optimiser, batch_of(code, rng, net, B), rng, n_epochs=1)
        found.append(len(optimiser.seen))
    return found


class Still:
    """A world in which actions change nothing, and an actor that has no doubt."""

    shape = 4, 2

    def __init__(self, rng, N=3, ends=5):
        self.numbers, self.steps, self.ends = rng.normal(size=(7, N, 4)), 0, ends
        self.state = self.numbers[0]

    def step(self, action):
        self.steps += 1
        after = self.numbers[(3 * self.steps) % 7]
        self.state = self.numbers[self.steps % 7]
        ended = np.full(len(after), self.steps % self.ends == 0)
        return after, after[:, 0] + self.steps, ended, ~ended & (self.steps % 4 == 0)


@task(12, "learns in rounds, at a rate that falls to 0", needs=[6, 8, 9, 10, 11])
def rounds(code, rng):
    found = []
    for steps, settings in ((40, {}), (5, {}), (26, {"lr": 0.1, "gamma": 0.5, "gae_lambda": 0.2})):
        world = Still(rng)
        net = code.actor_critic(world, rng, hidden=5)
        net["actor"][-1][:] = 60.0, 0.0
        logs = code.train(world, net, rng, steps, T=4, n_epochs=2, size=12, **settings)
        found.append((net["critic"], len(logs), world.steps))
    return found


@task(12, "has rounds of 32 steps and a rate of 0.003 when none are given", needs=[6, 8, 9, 10, 11])
def rounds_by_default(code, rng):
    world = Still(rng)
    net = code.actor_critic(world, rng, hidden=5)
    net["actor"][-1][:] = 60.0, 0.0
    code.train(world, net, rng, 200, n_epochs=1, size=96)
    return net["critic"], world.steps


class Choice:
    """Three rooms, each with one right action of two; an episode is one step."""

    shape = 3, 2

    def __init__(self, rng, N=8):
        self.rng, self.N, self.log = rng, N, []
        self.state = np.eye(3)[rng.integers(3, size=N)]

    def step(self, action):
        room = self.state.argmax(axis=1)
        self.log.append(np.asarray(action))
        after, self.state = self.state, np.eye(3)[self.rng.integers(3, size=self.N)]
        ended = np.ones(self.N, bool)
        return after, np.where(action == room % 2, 1.0, 0.0), ended, ~ended


@task(12, "finds the right action of every room", needs=[6, 8, 9, 10, 11])
def finds_out(code, rng):
    world = Choice(rng)
    net = code.actor_critic(world, rng, hidden=8)
    code.train(world, net, rng, 4_000, T=16, lr=0.01, size=64)
    return [int(each) for each in code.forward(net["actor"], np.eye(3))[0].argmax(axis=1)]


@task(12, "leaves actions and minibatches to the generator", needs=[6, 8, 9, 10, 11])
def trains_by_generator(code, rng):
    def trained(rng):
        world = Choice(rng)
        net = code.actor_critic(world, rng, hidden=4)
        code.train(world, net, rng, 300, T=8, n_epochs=2, size=20)
        return net["actor"], world.log

    return decided_by(trained, rng)


@task(13, "names the faults of the three runs")
def faults(code, rng):
    return tuple(code.named_faults())


# --- torques, and observations of any size


@task(14, "is the density of a squashed normal number", keeps_arguments=True)
def squashed(code, rng):
    B, D = 6, 3
    u, mu = 1.5 * rng.normal(size=(2, B, D))
    return code.tanh_log_prob(u, mu, rng.normal(size=D) - 0.5)


@task(14, "stays finite and right far from 0")
def far_from_zero(code, rng):
    u = np.array([[20.0, -20], [-19.5, 0], [400, -1000], [5, 30]])
    return code.tanh_log_prob(u, u - rng.normal(size=u.shape), rng.normal(size=2))


def several(rng, D=3):
    """Batches of different sizes, means and standard deviations; one column never changes."""
    batches = [
        center + std * rng.normal(size=(B, D))
        for B, center, std in ((5, 0.0, 1.0), (1, 3.0, 1.0), (9, -20.0, 4.0), (2, 5.0, 0.1))
    ]
    for each in batches:
        each[:, 1] = 0.1
    return batches


@task(15, "counts, and keeps mean and squares of all rows", keeps_arguments=True)
def running(code, rng):
    found, normaliser = [], code.Normaliser(3)
    for rows in several(rng):
        normaliser.update(rows)
        found += [int(normaliser.count), normaliser.mean.copy(), np.round(normaliser.squares, 9)]
    return found


@task(15, "subtracts the mean, divides by the standard deviation, and clips", keeps_arguments=True)
def normalised(code, rng):
    normaliser = code.Normaliser(3)
    for rows in several(rng):
        normaliser.update(rows)
    return normaliser(20 * rng.normal(size=(8, 3))), normaliser(
        np.array([[1000.0] * 3, [-1000] * 3])
    )


@task(15, "is the same again after it was saved and loaded")
def saved(code, rng):
    batches, one, other = several(rng), code.Normaliser(3), code.Normaliser(3)
    for rows in batches[:2]:
        one.update(rows)
    other.update(batches[2])
    state = one.state()
    other.load(state)
    return {name: np.round(np.array(state[name], float), 9) for name in NUMBERS}, other(batches[3])


NUMBERS = "count", "mean", "squares"


@task(15, "shares nothing with what was saved or loaded")
def shares_nothing(code, rng):
    batches, one, other = several(rng), code.Normaliser(3), code.Normaliser(3)
    one.update(batches[0])
    state = one.state()
    other.load(state)
    for each in (one, other):
        each.mean -= 5
        each.squares += 3
        each.update(batches[2])
    kept = {name: np.round(np.array(state[name], float), 9) for name in NUMBERS}
    state["mean"] += 7
    state["squares"] += 7
    return kept, one(batches[3]), other(batches[3])
