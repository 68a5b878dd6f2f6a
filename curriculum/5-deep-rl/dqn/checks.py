"""The checks of `dqn`.

Where a function draws random numbers, its answers are counted, because the order of the draws is
free. Training is checked twice: on a world without any chance, where the weights must be those of
the solution, and by what it finds in the corridor.
"""

import numpy as np

from undergrad.checker import decided_by, task, within


def sizes(rng):
    """A batch and a number of actions, which differ."""
    return int(rng.integers(5, 9)), int(rng.integers(3, 5))


# --- the TD target and its loss


@task(1, "adds the discounted value of the best next action to the reward", keeps_arguments=True)
def goes_on(code, rng):
    B, A = sizes(rng)
    reward, next_q = rng.normal(size=B), rng.normal(size=(B, A)) - 1
    return code.dqn_target(reward, next_q, np.zeros(B, bool), 0.9)


@task(1, "is the reward alone where the episode terminated")
def ends(code, rng):
    B, A = sizes(rng)
    terminated = np.arange(B) % 3 == 0
    return code.dqn_target(rng.normal(size=B), 3 + rng.normal(size=(B, A)), terminated, 0.8)


@task(1, "accepts a discount for each transition")
def several_discounts(code, rng):
    B, A = sizes(rng)
    gamma = 0.9 ** rng.integers(1, 5, size=B)
    return code.dqn_target(rng.normal(size=B), rng.normal(size=(B, A)), np.arange(B) == 1, gamma)


@task(2, "takes the value of the chosen action in each row", keeps_arguments=True)
def gathered(code, rng):
    B, A = sizes(rng)
    return code.gather_q(rng.normal(size=(B, A)), rng.integers(A, size=B))


@task(2, "sends the gradient to the chosen action and 0 to all others", keeps_arguments=True)
def scattered(code, rng):
    B, A = sizes(rng)
    action = rng.integers(A - 1, size=B)  # one action is never taken
    return code.gather_q_backward(rng.normal(size=B), rng.normal(size=(B, A)), action)


def errors(rng, delta):
    """Predictions and targets: far apart, near, exactly delta apart, and equal."""
    target = rng.normal(size=9)
    apart = np.array([3.0, -2.5, 1.5, -0.75, 0.4, -0.3, 1.0, -1.0, 0.0]) * delta
    return target + apart, target


@task(3, "is quadratic for small errors and linear for large ones", keeps_arguments=True)
def huber_value(code, rng):
    return [float(code.huber(*errors(rng, delta), delta)) for delta in (1.0, 0.5, 2.0)]


@task(3, "limits the gradient of each example to delta", keeps_arguments=True)
def huber_gradient(code, rng):
    return [code.huber_backward(*errors(rng, delta), delta) for delta in (1.0, 0.5, 2.0)]


@task(3, "has a delta of 1 when none is given")
def huber_default(code, rng):
    return float(code.huber(*errors(rng, 1.0))), code.huber_backward(*errors(rng, 1.0))


def one_transition(rng):
    D = int(rng.integers(3, 6))
    w, x, next_x = rng.normal(size=(3, D))
    return w, x, float(rng.normal()), next_x, float(rng.uniform(0.5, 0.99))


@task(4, "takes the target as a constant in the semi-gradient", keeps_arguments=True)
def semi(code, rng):
    return code.semi_gradient(*one_transition(rng))


@task(4, "lets the target depend on the weights in the residual gradient", keeps_arguments=True)
def residual(code, rng):
    return code.residual_gradient(*one_transition(rng))


@task(4, "finds by which factor a step multiplies w")
def grows(code, rng):
    return [
        float(code.growth(g, lr))
        for g in (0.0, 0.5, 0.9, rng.uniform(0.6, 0.99))
        for lr in (0.1, 0.3)
    ]


# --- experience replay


def transition(rng, name=0.0):
    observation, after = rng.normal(size=(2, 3))
    return {
        "observation": observation, "action": int(rng.integers(4)), "reward": float(name),
        "next_observation": after, "terminated": bool(rng.integers(2)),
    }  # fmt: skip


def filled(code, rng, count, capacity=6):
    """A buffer with `count` transitions whose rewards are 0, 1, 2, ..."""
    replay = code.Replay(capacity, (3,))
    for number in range(count):
        replay.add(transition(rng, number))
    return replay


@task(5, "writes one slot after the other, and counts")
def not_yet_full(code, rng):
    replay = filled(code, rng, 4)
    return replay.fields, replay.added, len(replay)


@task(5, "writes over the oldest transition when it is full")
def wraps(code, rng):
    found = []
    for count in (6, 7, 15):
        replay = filled(code, rng, count)
        found.append((replay.fields, replay.added, len(replay)))
    return found


@task(5, "keeps a copy of what it is given")
def keeps_copies(code, rng):
    replay, one = code.Replay(4, (3,)), transition(rng)
    replay.add(one)
    one["observation"] += 1
    return replay.fields["observation"], len(code.Replay(4, (3,)))


@task(6, "samples every transition that it holds, equally often", needs=[5], judge=within(0.9, 1.1))
def uniform(code, rng):
    found = []
    for count in (3, 6, 10):
        rewards = filled(code, rng, count).sample(30_000, rng)["reward"]
        held = np.arange(max(0, count - 6), count)
        found += [float(np.mean(rewards == each)) * len(held) for each in held]
    return found


@task(6, "takes all entries of a transition from one slot, as copies", needs=[5])
def whole_rows(code, rng):
    replay = filled(code, rng, 8)
    batch = replay.sample(20, rng)
    slots = (batch["reward"] % 6).astype(int)
    same = {
        name: bool((batch[name] == column[slots]).all()) for name, column in replay.fields.items()
    }
    before = replay.fields["reward"].copy()
    batch["reward"] += 1
    return (
        same,
        {name: batch[name].shape for name in batch},
        bool((replay.fields["reward"] == before).all()),
    )


@task(6, "samples with replacement", needs=[5])
def replaced(code, rng):
    return len(filled(code, rng, 3).sample(50, rng)["reward"])


@task(6, "leaves the choice to the generator", needs=[5])
def sample_by_generator(code, rng):
    replay = filled(code, rng, 6)
    return decided_by(lambda rng: replay.sample(20, rng)["reward"], rng)


@task(6, "draws sequences of consecutive transitions, none across the seam", needs=[5])
def in_a_row(code, rng):
    found = []
    for count, length in ((4, 2), (6, 3), (9, 3), (15, 6), (5, 1)):
        replay = filled(code, rng, count)
        slots = np.asarray(replay.sequences(2_000, length, rng))
        rewards = replay.fields["reward"][slots]
        starts = sorted({int(each) for each in rewards[:, 0]})
        found.append((slots.shape, starts, bool((np.diff(rewards, axis=1) == 1).all())))
    return found


@task(6, "draws every sequence equally often", needs=[5], judge=within(0.9, 1.1))
def sequences_uniform(code, rng):
    replay = filled(code, rng, 9)
    starts = replay.fields["reward"][np.asarray(replay.sequences(30_000, 2, rng))[:, 0]]
    return [float(np.mean(starts == each)) * 5 for each in range(3, 8)]


@task(6, "leaves the choice of sequences to the generator", needs=[5])
def sequences_by_generator(code, rng):
    replay = filled(code, rng, 9)
    return decided_by(lambda rng: replay.sequences(20, 2, rng), rng)


# --- the target network, and exploration


def two_networks(rng):
    shapes = (4, 3), (4,), (2, 4)
    return [rng.normal(size=each) for each in shapes], [rng.normal(size=each) for each in shapes]


@task(7, "moves each array by the fraction tau, in place")
def moved(code, rng):
    found = []
    for tau in (0.1, 0.7, 1.0):
        target, online = two_networks(rng)
        arrays = list(target)
        code.polyak_update(target, online, tau)
        found.append((arrays, online))
    return found


@task(7, "leaves two networks that share no array")
def not_shared(code, rng):
    target, online = two_networks(rng)
    arrays = list(target)
    code.polyak_update(target, online, 1.0)
    for each in online:
        each += 1
    return arrays, target


@task(8, "falls in a straight line and then stays")
def schedule(code, rng):
    start, end, duration = rng.uniform(0.5, 1), rng.uniform(0, 0.2), int(rng.integers(20, 40))
    steps = (0, 1, 7, duration - 1, duration, duration + 1, 3 * duration)
    return [
        float(code.linear_schedule(a, b, duration, s))
        for a, b in ((start, end), (end, start))
        for s in steps
    ]


@task(8, "takes the best action with epsilon 0", keeps_arguments=True)
def greedy(code, rng):
    return code.epsilon_greedy(rng.normal(size=(9, 4)), 0.0, rng)


@task(8, "draws the random action from all, equally often", judge=within(0.93, 1.07))
def all_actions(code, rng):
    q = np.tile([0.1, 0.9, 0.3], (40_000, 1))
    action = np.asarray(code.epsilon_greedy(q, 1.0, rng))
    return [float(np.mean(action == each)) * 3 for each in range(3)]


@task(8, "explores with probability epsilon, each row for itself", judge=within(0.85, 1.15))
def explores(code, rng):
    q, found = np.tile([0.1, 0.9, 0.3, 0.2], (40_000, 1)), []
    for epsilon in (0.3, 1.0):
        other = np.asarray(code.epsilon_greedy(q, epsilon, rng)) != 1
        share = epsilon * 3 / 4
        found += [float(np.mean(other)) / share, float(np.mean(other[1:] & other[:-1])) / share**2]
    return found


@task(8, "leaves the choice to the generator")
def acts_by_generator(code, rng):
    q = rng.normal(size=(30, 3))
    return decided_by(lambda rng: code.epsilon_greedy(q, 0.5, rng), rng)


# --- the algorithm


class Step:
    """An optimiser that takes plain steps, and keeps the gradients."""

    def __init__(self, params, lr=0.1):
        self.params, self.lr, self.seen = params, lr, []

    def step(self, grads):
        self.seen.append([np.array(g) for g in grads])
        for w, g in zip(self.params, grads, strict=True):
            w -= self.lr * g


def batch_of(code, rng, B):
    return {
        "observation": rng.normal(size=(B, 3)),
        "action": rng.integers(4, size=B),
        "reward": rng.normal(size=B) * 2,
        "next_observation": rng.normal(size=(B, 3)),
        "terminated": np.arange(B) % 3 == 1,
    }


@task(
    9, "takes the step of the online network towards the target network's values", needs=[1, 2, 3]
)
def one_step(code, rng):
    online, target = (code.init_network((3, 5, 4), rng) for _ in range(2))
    before = [w.copy() for w in target]
    optimiser = Step(online)
    loss = code.learn(online, target, optimiser, batch_of(code, rng, 7), 0.9)
    still = all((w == b).all() for w, b in zip(target, before, strict=True))
    return float(loss), optimiser.seen, bool(still)


@task(9, "takes one step per batch, and returns the loss before it", needs=[1, 2, 3])
def several_steps(code, rng):
    online, target = (code.init_network((3, 4), rng) for _ in range(2))
    optimiser, losses = Step(online, 0.3), []
    for B in (6, 1, 8):
        losses.append(float(code.learn(online, target, optimiser, batch_of(code, rng, B), 0.7)))
    return losses, online, len(optimiser.seen)


class Ring:
    """A world without chance: three states, of which one ends and one meets a time limit."""

    def __init__(self, numbers, actions=2):
        self.numbers, self.actions, self.resets, self.log = numbers, actions, 0, []

    def reset(self):
        self.resets += 1
        self.at = 0
        return self.numbers[self.resets % 2, 0].copy()

    def step(self, action):
        self.log.append(int(action))
        self.at += 1
        terminated = self.at == 3 and self.resets % 2 == 0
        truncated = self.at == 3 and self.resets % 2 == 1
        after = self.numbers[self.resets % 2, self.at].copy()
        return after, float(1 + action), terminated, truncated


@task(10, "acts, stores, learns and follows in this order", needs=[7, 8, 9])
def without_chance(code, rng):
    # A buffer of one has one transition to sample. The agent explores, by taking action 0, as long
    # as epsilon is above 0.6; otherwise the bias of the last layer makes action 1 the best. Half of
    # 29 steps is 14.5, and epsilon falls below 0.6 within this last half step.
    world, online = ring_and_network(code, rng)
    settings = {"capacity": 1, "batch_size": 2, "tau": 0.3, "epsilon": 0.05, "lr": 0.05}
    losses, returns = code.train(world, online, NoChance(), 29, 0.8, **settings)
    return [float(each) for each in losses], [float(each) for each in returns], online, world.log


@task(10, "has the settings of its signature when none are given", needs=[7, 8, 9])
def usual_settings(code, rng):
    world, online = ring_and_network(code, rng)
    losses, _ = code.train(world, online, NoChance(), 26, capacity=1)
    counts = []
    for settings in {}, {"batch_size": 8}:
        counted = Counted(rng)
        code.train(*ring_and_network(code, rng), counted, 10, epsilon=1.0, **settings)
        counts.append(counted.numbers)
    return [float(each) for each in losses], online, world.log, counts[0] - counts[1]


def ring_and_network(code, rng):
    online = code.init_network((3, 5, 2), rng)
    online[-1] += [0.0, 9.0]
    return Ring(rng.normal(size=(2, 4, 3))), online


@task(10, "leaves the actions and the samples to the generator", needs=[7, 8, 9])
def trains_by_generator(code, rng):
    # In a buffer of one the actions are the only choice, and with one action the samples are.
    numbers, found = rng.normal(size=(2, 4, 3)), []
    for actions, capacity in ((2, 1), (1, 20)):
        first = code.init_network((3, actions), rng)

        def losses(rng, first=first, actions=actions, capacity=capacity):
            world, online = Ring(numbers, actions), [w.copy() for w in first]
            settings = {"capacity": capacity, "batch_size": 4, "epsilon": 1.0}
            return code.train(world, online, rng, 40, **settings)[0]

        found.append(decided_by(losses, rng))
    return found


class NoChance:
    """A generator that always draws 0.6, and the first of several."""

    def random(self, size=None):
        return self.uniform(0.0, 1.0, size)

    def integers(self, low, high=None, size=None):
        return 0 if size is None else np.zeros(size, np.int64)

    def uniform(self, low=0.0, high=1.0, size=None):
        drawn = low + 0.6 * (high - low)
        return drawn if size is None else np.full(size, drawn)

    def choice(self, a, size=None, **options):
        first = np.arange(a)[0] if np.ndim(a) == 0 else a[0]
        return first if size is None else np.full(size, first)


class Counted:
    """A generator that counts the random numbers it has given."""

    def __init__(self, rng):
        self.rng, self.numbers = rng, 0

    def __getattr__(self, name):
        def draw(*arguments, **options):
            drawn = getattr(self.rng, name)(*arguments, **options)
            self.numbers += np.size(drawn)
            return drawn

        return draw


def error_of(code, rng, world, steps=700):
    online = code.init_network((world.length, world.actions), rng)
    code.train(world, online, rng, steps, epsilon=0.5, lr=0.03)
    q, _ = code.forward(online, np.eye(world.length))
    return float(np.abs(q - code.corridor_values(world.length, 0.9)).max())


@task(
    10,
    "finds the values of a corridor of five squares",
    needs=[7, 8, 9],
    judge=within(0, 0.05),
    seeds=1,
)
def corridor(code, rng):
    return error_of(code, rng, code.Corridor(5))


@task(
    10,
    "finds the same values under a short time limit",
    needs=[7, 8, 9],
    judge=within(0, 0.05),
    seeds=1,
)
def limited(code, rng):
    return error_of(code, rng, code.Corridor(4, limit=7))


@task(11, "measures each variant on each seed", needs=[10], seeds=1)
def measured(code, rng):
    seeds = [int(each) for each in rng.integers(100, size=2)]
    variants = {"frozen": {"lr": 0.0}, "no steps to speak of": {"lr": 1e-12, "batch_size": 1}}
    found = code.ablation(variants, seeds, steps=3)
    return {name: [float(each) for each in errors] for name, errors in found.items()}


@task(11, "draws the weights and then trains, from one generator", needs=[10], seeds=1)
def one_generator(code, rng):
    settings, seed = {"capacity": 1, "batch_size": 1}, int(rng.integers(100))
    again = np.random.default_rng(seed)
    online = code.init_network((5, 16, 2), again)
    code.train(code.Corridor(), online, again, 1000, **settings)
    q, _ = code.forward(online, np.eye(5))
    (error,) = code.ablation({"no replay": settings}, [seed])["no replay"]
    return float(error / np.abs(q - code.corridor_values(5, 0.9)).max())


@task(
    11,
    "finds a larger error without replay, on three seeds",
    needs=[10],
    seeds=1,
    judge=within(0, 0.3),
)
def direction(code, rng):
    seeds = [int(each) for each in rng.integers(1000, size=3)]
    variants = {"both": {}, "no replay": {"capacity": 1, "batch_size": 1}}
    found = code.ablation(variants, seeds, steps=500)
    return float(np.median(found["both"]) / np.median(found["no replay"]))


@task(11, "draws the conclusion")
def conclusion(code, rng):
    return code.missed_more()


@task(12, "sums n rewards, later ones discounted", keeps_arguments=True)
def n_rewards(code, rng):
    T = int(rng.integers(7, 10))
    return [code.n_step_returns(rng.normal(size=T), np.zeros(T, bool), n, 0.9) for n in (1, 3, 20)]


@task(12, "stops at the end of an episode", keeps_arguments=True)
def stops(code, rng):
    ended = np.array([False, False, True, True, False, False, False, True, False])
    return [code.n_step_returns(rng.normal(size=9), ended, n, 0.8) for n in (1, 2, 4)]


# --- what the network sees of a game


@task(13, "weighs each pixel by the part of it that lies inside")
def weights(code, rng):
    size = int(rng.integers(11, 17))
    return [code.area_weights(size, smaller) for smaller in (4, 5, size, 1)]


@task(13, "takes the brighter of two screens, and then averages")
def screens(code, rng):
    first, second = rng.integers(0, 256, size=(2, 21, 16)).astype(np.uint8)
    return [code.preprocess(first, second, size) for size in (7, 8)], code.preprocess(
        first, first, 1
    )


@task(13, "makes 84 x 84 bytes of a screen of 210 x 160")
def atari_size(code, rng):
    screen = rng.integers(0, 256, size=(210, 160)).astype(np.uint8)
    image = np.asarray(code.preprocess(screen, screen[::-1]))
    return image.shape, image.dtype == np.uint8, image[:5, :5]


@task(13, "stacks the newest frames of one episode", keeps_arguments=True)
def stacked(code, rng):
    frames = rng.integers(0, 256, size=(9, 2, 2)).astype(np.uint8)
    starts = np.array([True, False, False, False, True, True, False, False, False])
    return [code.frame_stack(frames, starts, k) for k in (1, 2, 4)]


# --- what a result is worth


@task(14, "leaves out a quarter of the scores at each end", keeps_arguments=True)
def middle(code, rng):
    return [float(code.iqm(rng.normal(size=shape) ** 3)) for shape in ((8,), (11,), (3,), (5, 4))]


@task(14, "gives an interval without width where all seeds of a task agree")
def no_width(code, rng):
    scores = np.tile(rng.normal(size=5), (4, 1))
    return code.stratified_bootstrap(scores, rng, draws=20)


@task(14, "leaves out as much as the level says, on both sides", judge=within(0.7, 1.3))
def width(code, rng):
    # The IQM of 40 normal scores varies nearly as a normal distribution does.
    scores, found = np.sort(rng.normal(size=(40, 1)), axis=0), []
    centred = scores - code.iqm(scores)
    reference = np.std([code.iqm(rng.choice(scores[:, 0], 40)) for _ in range(600)])
    for level, deviations in ((0.95, 1.96), (0.5, 0.674)):
        low, high = code.stratified_bootstrap(centred, rng, draws=600, level=level)
        found.append(float(high - low) / (2 * deviations * reference))
    return found


class OneByOne:
    """A generator that draws index 0 everywhere, then index 1 everywhere, and so on to n - 1."""

    def __init__(self, n):
        self.n, self.at = n, 0

    def integers(self, low, high=None, size=None, **options):
        shape = np.atleast_1d(size)
        draws = [axis for axis, length in enumerate(shape) if length == self.n]
        if np.prod(shape) > self.n:  # all draws in one call: the first such axis is theirs
            return np.indices(shape)[draws[0]]
        self.at += 1
        return np.full(size, (self.at - 1) % self.n)

    def choice(self, a, size=None, **options):
        places = np.arange(a) if np.ndim(a) == 0 else np.asarray(a)
        return places[self.integers(len(places), size=size)]


@task(14, "leaves out half of 1 - level at each end", judge=within(0.9, 1.1))
def both_ends(code, rng):
    # Draw i takes seed i a thousand times, so the draws reach evenly from 0 to 1.
    found = []
    for level in {}, {"level": 0.5}, {"level": 0.8}:
        low, high = code.stratified_bootstrap(
            np.linspace(0, 1, 1000)[:, None], OneByOne(1000), **level
        )
        found += [low, 1 - high]
    return [
        float(end / out) for end, out in zip(found, np.repeat([0.025, 0.25, 0.1], 2), strict=True)
    ]


@task(14, "takes as many draws as it is told, by default a thousand")
def as_many_draws(code, rng):
    counts = []
    for draws in {"draws": 10}, {"draws": 30}, {}:
        counted = Counted(rng)
        code.stratified_bootstrap(rng.normal(size=(4, 2)), counted, **draws)
        counts.append(counted.numbers)
    return counts[1] / counts[0], counts[2] / counts[0]


@task(14, "leaves the draws to the generator")
def bootstrap_by_generator(code, rng):
    scores = rng.normal(size=(6, 2))
    return decided_by(lambda rng: code.stratified_bootstrap(scores, rng, draws=30), rng)


@task(14, "says how many seeds a claim needs")
def seeds_for(code, rng):
    return [code.seeds_needed(rate) for rate in (0.5, 0.8, 0.9, 0.99)], code.seeds_needed(0.9, 0.99)


@task(15, "names the faults of the three logs")
def faults(code, rng):
    return tuple(code.named_faults())
