"""The checks of `dqn-plus`.

Where a function draws random numbers, its answers are counted, because the order of the draws is
free. Priorities and weights of trees are whole numbers, so that sums are exact in any order.
"""

import numpy as np

from undergrad.checker import decided_by, task, within


def sizes(rng):
    """A batch and a number of actions, which differ."""
    return int(rng.integers(6, 9)), int(rng.integers(3, 5))


# --- the TD target and the network


def two_opinions(rng):
    """Values of two networks; no row has its best action in the same column."""
    B, A = sizes(rng)
    q, out = rng.normal(size=(2, B, A))
    q[np.arange(B), rng.integers(A, size=B)] += 4
    out[np.arange(B), (q.argmax(axis=1) + 1) % A] += 4
    return q, out


@task(1, "takes the values of the second network for the choice of the first", keeps_arguments=True)
def chosen(code, rng):
    return code.double_choice(*two_opinions(rng))


@task(1, "takes whole rows where an action has several numbers", keeps_arguments=True)
def chosen_rows(code, rng):
    q, _ = two_opinions(rng)
    return code.double_choice(q, rng.normal(size=(*q.shape, 5)))


@task(1, "adds the discounted chosen value to the reward", keeps_arguments=True)
def double_goes_on(code, rng):
    q, out = two_opinions(rng)
    never = np.zeros(len(q), bool)
    return code.double_target(rng.normal(size=len(q)), q, out, never, 0.9)


@task(1, "is the reward alone where the episode terminated")
def double_ends(code, rng):
    q, out = two_opinions(rng)
    gamma = 0.9 ** rng.integers(1, 4, size=len(q))
    return code.double_target(rng.normal(size=len(q)), q, out, np.arange(len(q)) % 3 == 1, gamma)


@task(2, "adds the advantages to the value, less their mean in each row", keeps_arguments=True)
def joined(code, rng):
    B, A = sizes(rng)
    return code.dueling(rng.normal(size=B), 3 * rng.normal(size=(B, A)) + rng.normal(size=(B, 1)))


@task(
    2, "gives the value the sum, and each advantage what is left of its row", keeps_arguments=True
)
def joined_backward(code, rng):
    return code.dueling_backward(rng.normal(size=sizes(rng)) + 1)


def steps(code, rng, ends):
    """Steps with counted observations, whose ends are ".", "t" (terminated) or "c" (truncated)."""
    return [
        code.Step(10 + i, int(rng.integers(4)), float(r), 11 + i, end == "t", end == "c")
        for i, (r, end) in enumerate(zip(rng.normal(size=len(ends)), ends, strict=True))
    ]


def transition(code, rng, ends, n, gamma):
    seen, action, reward, after, terminated, discount = code.n_step_transition(
        steps(code, rng, ends), n, gamma
    )
    return seen, action, float(reward), after, bool(terminated), float(discount)


@task(3, "sums up n discounted rewards and looks n steps ahead")
def n_steps(code, rng):
    gamma = float(rng.uniform(0.5, 0.9))
    return [transition(code, rng, ".....", n, gamma) for n in (1, 2, 4)]


@task(3, "stops where the episode ends, for either reason")
def stopped(code, rng):
    return [transition(code, rng, ends, 4, 0.8) for ends in (".t...", ".c...", "t....", "..c.t")]


@task(3, "takes fewer steps where there are no more")
def few_steps(code, rng):
    return [transition(code, rng, ends, 5, 0.7) for ends in (".", "..", "..t")]


# --- prioritised replay


def planted(code, rng, capacity=6):
    """A tree with whole numbers as weights, one of them 0."""
    tree = code.SumTree(capacity)
    weight = rng.integers(1, 9, size=capacity).astype(float)
    weight[2] = 0
    tree.update(np.arange(capacity), weight)
    return tree, weight


@task(4, "writes the leaves, and the sums above them")
def sums(code, rng):
    found = []
    for capacity in (1, 4, 6, 9):
        tree = code.SumTree(capacity)
        for size in (1, 3):
            index = rng.permutation(capacity)[: min(size, capacity)]
            tree.update(index, rng.integers(1, 9, size=len(index)).astype(float))
            found.append(tree.nodes[1:].copy())
        tree.update(index, 7.0)
        found.append(tree.nodes[1:].copy())
    return found


@task(4, "counts an index that occurs twice with its last weight")
def twice(code, rng):
    tree, _ = planted(code, rng)
    tree.update(np.array([4, 1, 4]), rng.integers(1, 99, size=3).astype(float))
    return tree.nodes[1:]


@task(4, "corrects only the sums above what has changed")
def only_the_path(code, rng):
    tree, _ = planted(code, rng, 16)
    tree.nodes[[5, 12]] = -1.0  # not above leaf 3: only a tree that is made afresh repairs them
    tree.update(np.array([3]), 50.0)
    return tree.nodes[[5, 12, 4, 9]], tree.nodes[16:]


@task(4, "finds the weight that covers each position")
def covers(code, rng):
    found = []
    for capacity in (1, 5, 8):
        tree = code.SumTree(capacity)
        weight = rng.integers(1, 5, size=capacity).astype(float)
        tree.update(np.arange(capacity), weight)
        found.append(np.asarray(tree.find(np.arange(weight.sum()) + 0.5)))
    return found


@task(4, "gives a border to the weight that begins there, and nothing to a weight of 0")
def borders(code, rng):
    tree, weight = planted(code, rng)
    position = np.arange(weight.sum())
    kept = position.copy()
    return np.asarray(tree.find(position)), (position == kept).all()


def prioritised(code, rng, count=9, capacity=6, alpha=0.5):
    """A buffer after some additions, all of whose slots have new priorities."""
    per = code.PER(capacity, alpha)
    slots = [int(per.add()) for _ in range(count)]
    error = rng.uniform(0.5, 3, size=len(per)) * np.resize([1, -1], len(per))
    per.update(np.arange(len(per)), error)
    return per, slots, error


@task(5, "gives slots one after the other, and the largest priority so far to new ones", needs=[4])
def new_ones(code, rng):
    per, slots, _ = prioritised(code, rng)
    leaves = per.tree.nodes[per.tree.leaves :]
    found = [slots, len(per), leaves.copy()]
    for error in (2.0, 30.0, 0.1):
        per.update(np.array([4]), np.array([error]))
        found += [int(per.add()), leaves.copy()]
    return found


@task(5, "raises the size of an error to the power alpha", needs=[4])
def powers(code, rng):
    found = []
    for alpha in (0.0, 0.4, 1.0):
        per, _, _ = prioritised(code, rng, 5, alpha=alpha)
        per.update(np.array([1, 3]), np.array([0.0, -2.0]))
        found += [per.tree.nodes[per.tree.leaves :].copy(), float(per.largest)]
    return found


@task(5, "draws in proportion to the priorities", needs=[4], judge=within(0.9, 1.1))
def in_proportion(code, rng):
    per, _, _ = prioritised(code, rng, 5)
    index, _ = per.sample(60_000, 0.5, rng)
    priority = per.tree.nodes[per.tree.leaves :][:5]
    count = np.bincount(np.asarray(index, int), minlength=5)
    return (count / 60_000 / (priority / priority.sum())).tolist()


@task(5, "weighs each row by its probability, the largest of a batch by 1", needs=[4])
def weights(code, rng):
    found = []
    for beta in (0.0, 0.4, 1.0):
        per, _, _ = prioritised(code, rng, 5)
        index, weight = per.sample(400, beta, rng)
        _, first = np.unique(index, return_index=True)
        found.append((np.asarray(weight)[first], np.shape(weight)))
    return found


@task(5, "divides by the largest weight of the batch, not of all slots", needs=[4])
def batch_of_one(code, rng):
    per, _, _ = prioritised(code, rng, 5)
    return [float(per.sample(1, 0.7, rng)[1][0]) for _ in range(8)]


@task(5, "leaves the choice to the generator", needs=[4])
def slots_by_generator(code, rng):
    per, _, _ = prioritised(code, rng, 5)
    # One at a time: parts of equal size would leave little to chance.
    return decided_by(lambda rng: [int(per.sample(1, 0.5, rng)[0][0]) for _ in range(40)], rng)


# --- the whole distribution


def probabilities(rng, B, Z):
    p = rng.exponential(size=(B, Z))
    return p / p.sum(axis=1, keepdims=True)


@task(6, "divides each probability between the two atoms beside it", keeps_arguments=True)
def between(code, rng):
    atoms, B = np.linspace(-2, 4, 7), 8
    reward, ended = rng.uniform(-0.5, 0.5, size=B), np.zeros(B, bool)
    return code.c51_project(probabilities(rng, B, 7), reward, ended, 0.8, atoms)


@task(6, "keeps all of it where a return falls exactly onto an atom")
def exactly(code, rng):
    atoms, p = np.linspace(-1, 3, 5), probabilities(rng, 6, 5)
    reward, ended = np.array([0.0, 1.0, -1.0, 2.0, 0.0, 1.0]), np.arange(6) == 4
    return code.c51_project(p, reward, ended, 1.0, atoms)


@task(6, "counts returns beyond the ends as the first or the last atom")
def beyond(code, rng):
    atoms, p = np.linspace(-2, 3, 6), probabilities(rng, 7, 6)
    reward = np.array([9.0, -9.0, 2.2, -1.7, 0.3, 40.0, -0.4])
    return code.c51_project(p, reward, np.arange(7) == 5, 0.9, atoms)


@task(6, "is the reward alone where the episode terminated")
def ended(code, rng):
    B, atoms = 7, np.linspace(-3, 2.4, 10)
    gamma = 0.9 ** rng.integers(1, 4, size=B)
    reward = rng.uniform(-2.9, 2.3, size=B)
    return code.c51_project(probabilities(rng, B, 10), reward, np.arange(B) % 2 == 1, gamma, atoms)


def levels(rng):
    """Quantiles and targets: near and far, one of them equal, in numbers that differ."""
    q, target = rng.normal(size=(4, 5)), rng.normal(size=(4, 3)) * 2
    target[1, 2] = q[1, 3]
    return q, target


@task(7, "weighs errors above by the level, and errors below by the rest", keeps_arguments=True)
def quantile_loss(code, rng):
    return [code.quantile_huber(*levels(rng), delta) for delta in (1.0, 0.3, 2.0)]


@task(7, "takes single quantiles and single targets, with a delta of 1 when none is given")
def single_quantiles(code, rng):
    q, target = rng.normal(size=(2, 6, 1)) * 2
    return code.quantile_huber(q, target), code.quantile_huber_backward(np.ones(6), q, target)


@task(7, "returns the gradient for each quantile", keeps_arguments=True)
def quantile_gradient(code, rng):
    g = rng.normal(size=4)
    return [code.quantile_huber_backward(g, *levels(rng), delta) for delta in (1.0, 0.3, 2.0)]


# --- noise in the weights


@task(8, "draws roots that have a sign", judge=within(0.9, 1.1))
def rooted(code, rng):
    e = np.asarray(code.noise(80_000, rng), float)
    # E|e|^2 is the mean of |normal|, sqrt(2 / pi), and E e^4 is 1; half of the numbers are negative
    return [
        float(np.mean(e**2)) / np.sqrt(2 / np.pi),
        float(np.mean(e**4)),
        2 * float(np.mean(e < 0)),
        len(e) / 80_000,
    ]


@task(8, "leaves the noise to the generator")
def noise_by_generator(code, rng):
    return decided_by(lambda rng: code.noise(7, rng), rng)


def noisy(rng):
    B, D, K = 6, 4, 3
    params = [rng.normal(size=size) for size in ((K, D), K, (K, D), K)]
    return rng.normal(size=(B, D)), params, rng.normal(size=D), rng.normal(size=K)


@task(8, "adds noise to each weight and to each bias", keeps_arguments=True)
def noisy_layer(code, rng):
    return code.noisy_linear(*noisy(rng))


@task(8, "is an ordinary layer where there is no noise")
def silent(code, rng):
    x, params, e_in, e_out = noisy(rng)
    return code.noisy_linear(x, params, 0 * e_in, 0 * e_out)


@task(8, "returns the gradients of weights, biases and both amounts", keeps_arguments=True)
def noisy_gradients(code, rng):
    x, _, e_in, e_out = noisy(rng)
    return list(code.noisy_linear_backward(rng.normal(size=(6, 3)), x, e_in, e_out))


@task(9, "reads the ablation table")
def reading(code, rng):
    helps, hurts = code.verdict()
    return sorted(helps), sorted(hurts)


# --- exploration


@task(10, "falls with the square root of the visits", keeps_arguments=True)
def bonuses(code, rng):
    beta = float(rng.uniform(0.5, 3))
    n = rng.integers(1, 50, size=(3, 4))
    n[0, :2] = 0, 1
    return np.asarray(code.count_bonus(n, beta), float), float(code.count_bonus(9, beta))


@task(10, "learns rewards up to the end, and bonuses beyond it")
def both_tables(code, rng):
    q, q_int = rng.normal(size=(2, 4, 3)) + 2
    found = []
    for s, a, s2, terminated in ((2, 1, 3, False), (3, 0, 0, True), (1, 2, 1, False)):
        reward, bonus, lr, gamma = rng.uniform(0.2, 0.9, size=4).tolist()
        code.learn_both(q, q_int, s, a, reward, bonus, s2, terminated, lr, gamma)
        found += [q.copy(), q_int.copy()]
    return found


def logged(code, length, rng):
    """A chain that writes down every step: s, a, s2, reward, terminated."""
    chain, log = code.Chain(length, rng), []
    step = chain.step

    def logging(action):
        before = chain.s
        log.append((before, int(action), *step(action)))
        return log[-1][2:]

    chain.step = logging
    return chain, log


def not_best(log, shape, beta, lr, gamma):
    """In how many steps the action was not one of the best, by tables of our own."""
    q, q_int, n = np.zeros(shape), np.full(shape, beta / (1 - gamma)), np.zeros(shape)
    count = 0
    for s, a, s2, reward, terminated in log:
        value = q[s] + q_int[s]
        count += value[a] < value.max() - 1e-9
        n[s, a] += 1
        target = reward + gamma * (1 - terminated) * q[s2].max()
        target_int = beta / np.sqrt(n[s, a]) + gamma * q_int[s2].max()
        q[s, a] += lr * (target - q[s, a])
        q_int[s, a] += lr * (target_int - q_int[s, a])
    return int(count)


@task(11, "counts its steps, and stops at the reward", needs=[10])
def counted(code, rng):
    found = []
    for length, steps in ((1, 50), (4, 3), (4, 2_000)):
        chain, log = logged(code, length, rng)
        first, n = code.explore(chain, steps, rng, beta=1.0)
        taken = np.zeros((length, 2), int)
        for s, a, *_ in log:
            taken[s, a] += 1
        last = steps if first is None else int(first)
        found += [(np.asarray(n) == taken).all(), last == len(log), first is None, np.shape(n)]
    return found


@task(11, "takes the best action by both tables", needs=[10])
def best_by_both(code, rng):
    found = []
    for beta, lr, gamma in ((1.0, 0.5, 0.95), (0.7, 0.3, 0.8), (2.0, 0.9, 0.6)):
        chain, log = logged(code, 7, rng)
        settings = {} if gamma == 0.95 else {"lr": lr, "gamma": gamma}
        code.explore(chain, 300, rng, beta=beta, **settings)
        found.append(not_best(log, (7, 2), beta, lr, gamma))
    return found


@task(11, "finds the end of a chain with the bonus", needs=[10])
def finds(code, rng):
    chain, _ = logged(code, 12, rng)
    first, _ = code.explore(chain, 2_000, rng, beta=1.0)
    return first is not None


@task(11, "draws among the best actions evenly", needs=[10], judge=within(0.85, 1.15))
def ties(code, rng):
    chain, _ = logged(code, 40, rng)
    chain.right[:] = 0
    _, n = code.explore(chain, 6_000, rng)
    return 2 * float(n[0, 1] / n[0].sum())


@task(11, "acts at random with probability epsilon", needs=[10], judge=within(0.8, 1.2))
def at_random(code, rng):
    # Half of the random actions are not the best one.
    chain, log = logged(code, 300, rng)
    code.explore(chain, 6_000, rng, epsilon=0.4, beta=1.0)
    return not_best(log, (300, 2), 1.0, 0.5, 0.95) / 6_000 / 0.2


@task(11, "leaves its actions to the generator", needs=[10])
def explores_by_generator(code, rng):
    right = rng.integers(2, size=9)

    def actions(rng):
        chain, log = logged(code, 9, rng)
        chain.right = right
        code.explore(chain, 60, rng)
        return [a for _, a, *_ in log]

    return decided_by(actions, rng)


class RNDs:
    """Networks of one size with the same numbers in every program."""

    def __init__(self, code, rng):
        self.net = code.RND(4, 3, rng, lr=float(rng.uniform(0.05, 0.3)))
        self.net.fixed = rng.normal(size=(3, 4))
        self.net.weights = rng.normal(size=(3, 4))
        self.x = rng.normal(size=(6, 4))


@task(12, "is the mean squared distance from the random network", keeps_arguments=True)
def distance(code, rng):
    world = RNDs(code, rng)
    return world.net.error(world.x)


@task(12, "divides by the mean of all errors so far")
def normalised(code, rng):
    world = RNDs(code, rng)
    found = [world.net.bonus(rng.normal(size=(B, 4)) * B) for B in (6, 1, 3)]
    return found, float(world.net.total), int(world.net.count)


@task(12, "moves the predictor, and nothing else")
def predictor(code, rng):
    world = RNDs(code, rng)
    found, weights = [], world.net.weights
    for B in (6, 1, 5):
        world.net.update(rng.normal(size=(B, 4)))
        found += [world.net.weights.copy(), world.net.fixed.copy()]
    return found, float(world.net.total), world.net.weights is weights


class Dice:
    """A generator with planned draws: a random number for each step, lengths and actions."""

    def __init__(self, numbers, lengths, actions):
        self.numbers, self.lengths, self.actions = numbers, list(lengths), list(actions)
        self.now = 0  # the number of the step

    def random(self, size=None):
        return self.uniform(size=size)

    def uniform(self, low=0.0, high=1.0, size=None):
        drawn = low + (high - low) * self.numbers[self.now]
        return drawn if size is None else np.full(size, drawn)

    def geometric(self, p, size=None):
        drawn = self.lengths.pop(0)
        return drawn if size is None else np.full(size, drawn)

    def integers(self, low, high=None, size=None, **options):
        drawn = self.actions.pop(0)
        return drawn if size is None else np.full(size, drawn)

    def choice(self, a, size=None, **options):
        return self.integers(0, size=size)


def acted(code, q, epsilon, dice):
    """The actions of one actor, step by step, and for how long each goes on."""
    actor, found = code.EzGreedy(3), []
    for step in range(len(dice.numbers)):
        dice.now = step
        found.append((int(actor.choose(q, epsilon, dice)), int(actor.left)))
    return found


@task(13, "repeats a random action as long as it lasts, and is greedy in between")
def lasting(code, rng):
    numbers = [0.9, 0.1, 0.9, 0.1, 0.5, 0.2, 0.1, 0.1, 0.7]
    dice = Dice(numbers, [3, 1, 2, 9, 9], [2, 0, 2, 0, 0])
    return acted(code, np.array([0.1, 0.9, 0.4]), 0.3, dice)


@task(13, "is always greedy with epsilon 0, and never with epsilon 1")
def extremes(code, rng):
    q = np.array([0.1, 0.2, 0.9])
    return [acted(code, q, each, Dice([0.5] * 7, [2] * 9, [0, 1] * 9)) for each in (0.0, 1.0)]


@task(13, "draws actions evenly, and lengths by their mean", judge=within(0.85, 1.15))
def lengths(code, rng):
    # With a mean of 4, lengths of 1 and 2 have the probabilities 1/4 and 3/16.
    actor, started = code.EzGreedy(4, duration=4.0), []
    for _ in range(50_000):
        new = actor.left == 0
        action = int(actor.choose(np.zeros(4), 1.0, rng))
        if new:
            started.append((action, actor.left + 1))
    action, length = np.array(started).T
    return [
        *(4 * float(np.mean(action == each)) for each in range(4)),
        float(np.mean(length == 1)) * 4,
        float(np.mean(length == 2)) * 16 / 3,
    ]


@task(13, "leaves everything to the generator")
def ez_by_generator(code, rng):
    def acts(rng):
        actor = code.EzGreedy(3)
        return [int(actor.choose(np.zeros(3), 0.5, rng)) for _ in range(60)]

    return decided_by(acts, rng)
