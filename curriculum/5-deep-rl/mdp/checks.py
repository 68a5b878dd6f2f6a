"""The checks of `mdp`.

Where a function draws random numbers, its answers are counted, because the order of the draws is
free. The loops are checked with players and worlds that leave nothing to chance, and then by
frequencies.
"""

import numpy as np

from undergrad.checker import decided_by, task, within


def bandits(rng, N=60, A=5):
    """Counts and sums of N bandits; every arm was pulled, and rows differ in their pulls."""
    counts = rng.integers(1, 30, size=(N, A)) * rng.integers(1, 4, size=(N, 1))
    return counts.astype(float), np.floor(counts * rng.random((N, A)))


def open_map(rng):
    """A map of random letters with one S."""
    height, width = (int(each) for each in rng.permutation(6)[:2] + 2)
    cells = rng.choice(list("...#GH"), size=(height, width))
    cells[rng.integers(height), rng.integers(width)] = "S"
    return tuple("".join(row) for row in cells)


def world(rng, S, A):
    """Random tables P and R, a policy and a start."""
    P, pi = rng.dirichlet(np.ones(S), size=(S, A)), rng.dirichlet(np.ones(A), size=S)
    return P, rng.normal(size=(S, A)), pi, rng.dirichlet(np.ones(S))


# --- bandits


@task(1, "finds the largest value of each row", keeps_arguments=True)
def largest(code, rng):
    return code.argmax_random(0.3 * rng.normal(size=(60, 4)) - 1, rng)


@task(1, "draws one of several equal values, each equally often", judge=within(0.9, 1.1), seeds=1)
def ties(code, rng):
    values = np.tile([-0.3, 0.9, 0.9, -0.1, 0.9], (3_000, 1))
    arm = np.concatenate([np.asarray(code.argmax_random(values, rng)) for _ in range(10)])
    found = [float(np.mean(arm == each)) * 3 for each in (1, 2, 4)]
    return [*found, float(np.mean((arm[1:] == 1) & (arm[:-1] == 2))) * 9]


@task(1, "leaves ties to the generator")
def ties_by_generator(code, rng):
    return decided_by(lambda rng: code.argmax_random(np.ones((40, 3)), rng), rng)


@task(1, "takes the best arm with epsilon 0", keeps_arguments=True)
def greedy(code, rng):
    return code.epsilon_greedy(rng.normal(size=(12, 4)), 0.0, rng)


@task(1, "explores with probability epsilon, each row for itself", judge=within(0.8, 1.2), seeds=1)
def explores(code, rng):
    means, found = np.tile([0.1, 0.9, 0.3, 0.2], (40_000, 1)), []
    for epsilon in (0.3, 1.0):
        arm = np.asarray(code.epsilon_greedy(means, epsilon, rng))
        share = epsilon / 4
        found += [float(np.mean(arm == each)) / share for each in (0, 2, 3)]
        found += [float(np.mean((arm[1:] != 1) & (arm[:-1] != 1))) / (3 * share) ** 2]
    return found


@task(1, "draws among equal means when it is greedy", judge=within(0.9, 1.1), seeds=1)
def greedy_ties(code, rng):
    arm = np.asarray(code.epsilon_greedy(np.tile([0.5, 0.2, 0.5], (30_000, 1)), 0.0, rng))
    return [float(np.mean(arm == each)) * 2 for each in (0, 2)]


@task(1, "draws everything again in each call")
def draws_all_again(code, rng):
    def seen(row, epsilon):
        means = np.tile(row, (10, 1))
        calls = [np.asarray(code.epsilon_greedy(means, epsilon, rng)) for _ in range(150)]
        return [len(set(arms)) for arms in np.array(calls).T.tolist()]

    return seen([0.1, 0.2, 0.3], 1.0), seen([0.1, 0.2, 0.3], 0.6), seen([0.3, 0.1, 0.3], 0.0)


class Planned:
    """A player that pulls the arms of a plan (T, N), and notes what it learns."""

    def __init__(self, plan):
        self.plan, self.notes = plan, []

    def choose(self, rng):
        return self.plan[len(self.notes)].copy()

    def learn(self, arm, reward):
        self.notes.append([np.array(arm, float), np.array(reward, float)])


@task(2, "adds up what the arms lose on average", keeps_arguments=True)
def lost(code, rng):
    means, T = rng.random((4, 3)), int(rng.integers(6, 10))
    return code.run_bandit(Planned(rng.integers(3, size=(T, 4))), means, T, rng)


@task(2, "tells the player which arms were pulled and what they earned")
def told(code, rng):
    means = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    player = Planned(rng.integers(3, size=(8, 2)))
    code.run_bandit(player, means, 8, rng)
    return player.notes


@task(2, "lets what was learned decide about the next pull")
def fed_back(code, rng):
    def rule(counts, sums, rng):
        return np.argmax(sums - counts / 2, axis=1)

    means = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    player = code.Counting(rule, 3, 3)
    return code.run_bandit(player, means, 7, rng), player.counts, player.sums


@task(2, "rewards a pull with 1 or 0")
def ones_and_zeros(code, rng):
    player = Planned(rng.integers(2, size=(20, 6)))
    code.run_bandit(player, np.full((6, 2), 0.5), 20, rng)
    return sorted({float(r) for _, reward in player.notes for r in reward})


class Random(Planned):
    """A player that pulls random arms."""

    def choose(self, rng):
        return rng.integers(3, size=6)


@task(2, "leaves the arms and the rewards to the generator")
def pulls_by_generator(code, rng):
    means = np.tile([0.2, 0.5, 0.7], (6, 1))

    def rewards(rng):
        player = Planned(np.ones((30, 6), int))
        code.run_bandit(player, means, 30, rng)
        return player.notes

    arms = decided_by(lambda rng: code.run_bandit(Random([]), means, 30, rng), rng)
    return arms, decided_by(rewards, rng)


@task(
    2,
    "draws the reward of each bandit with the probability of its arm",
    judge=within(0.8, 1.2),
    seeds=1,
)
def drawn(code, rng):
    player = Planned(np.tile([0, 1], (100, 100)))
    code.run_bandit(player, np.tile([0.3, 0.6], (200, 1)), 100, rng)
    reward = np.array([reward for _, reward in player.notes])
    low, high = reward[:, ::2], reward[:, 1::2]
    both = float(np.mean(low * high))
    return [float(low.mean()) / 0.3, float(high.mean()) / 0.6, both / 0.18]


@task(3, "adds a bonus that falls with the pulls of an arm", keeps_arguments=True)
def optimistic(code, rng):
    counts, sums = bandits(rng)
    return [code.ucb(counts, sums, c, rng) for c in (0.0, 0.5, 1.4, 5.0)]


@task(3, "pulls arms first that were never pulled")
def untried(code, rng):
    counts, sums = bandits(rng)
    rows = np.arange(len(counts))
    never = rng.integers(counts.shape[1], size=len(counts))
    counts[rows, never] = sums[rows, never] = 0
    counts[:2, :4] = sums[:2, :4] = 0  # before the first pull, and after one
    counts[0, 4] = sums[0, 4] = 0
    counts[1, 4] = sums[1, 4] = 1
    arm = np.array(code.ucb(counts, sums, 0.3, rng))
    return bool(0 <= arm[0] < 5), bool(0 <= arm[1] < 4), arm[2:]


@task(3, "draws one of several untried arms, each equally often", judge=within(0.9, 1.1), seeds=1)
def untried_ties(code, rng):
    counts = np.tile([0.0, 3.0, 0.0], (30_000, 1))
    arm = np.asarray(code.ucb(counts, counts / 3, 1.0, rng))
    return [float(np.mean(arm == each)) * 2 for each in (0, 2)]


@task(3, "finds the constant that belongs to a probability")
def constant(code, rng):
    return [float(code.ucb_constant(power)) for power in (1, 2, 4, rng.uniform(0.5, 6))]


@task(4, "weighs each candidate by how well it explains the pulls", keeps_arguments=True)
def posteriors(code, rng):
    grid, found = np.linspace(0, 1, int(rng.integers(9, 14))), []
    for pulls in (0, 1, 5, 40):
        found.append(code.posterior(int(rng.integers(pulls + 1)), pulls, grid))
    return [*found, code.posterior(0, 3, grid), code.posterior(3, 3, grid)]


@task(4, "draws again for each bandit and in each call")
def draws_again(code, rng):
    counts, sums = np.tile([6.0, 4.0, 5.0], (200, 1)), np.tile([3.0, 2.0, 3.0], (200, 1))
    calls = [np.asarray(code.thompson(counts, sums, rng)).tolist() for _ in range(20)]
    return len(set(calls[0])) > 1, any(call != calls[0] for call in calls)


@task(4, "leaves the draws to the generator", keeps_arguments=True)
def thompson_by_generator(code, rng):
    counts, sums = bandits(rng)
    return decided_by(lambda rng: code.thompson(counts, sums, rng), rng)


def best_of_three(counts, sums):
    """The probability of each of three arms to be the best, from their densities on a grid."""
    x = (np.arange(4000) + 0.5) / 4000
    density = x ** sums[:, None] * (1 - x) ** (counts - sums)[:, None]
    density /= density.sum(axis=1, keepdims=True)
    below = density.cumsum(axis=1) - density / 2
    return [float((density[a] * below[a - 1] * below[a - 2]).sum()) for a in range(3)]


@task(4, "pulls an arm as often as it is likely to be the best", judge=within(0.85, 1.15), seeds=1)
def matched(code, rng):
    found = []
    for counts, ones in (([4, 12, 1], [3, 8, 0]), ([0, 0, 2], [0, 0, 1]), ([9, 7, 3], [4, 4, 1])):
        c, s = (np.array(each, float) for each in (counts, ones))
        arm = np.asarray(code.thompson(np.tile(c, (40_000, 1)), np.tile(s, (40_000, 1)), rng))
        found += [float(np.mean(arm == a)) / p for a, p in enumerate(best_of_three(c, s))]
    return found


@task(4, "draws for each bandit separately", judge=within(0.85, 1.15), seeds=1)
def separate(code, rng):
    counts = np.tile([2.0, 2.0], (40_000, 1))
    arm = np.asarray(code.thompson(counts, counts / 2, rng))
    return float(np.mean(arm[1:] & (1 - arm[:-1]))) * 4


def preferences(rng):
    N, A = int(rng.integers(5, 9)), int(rng.integers(3, 5))
    return rng.normal(size=(N, A)), rng.integers(A, size=N), rng.normal(size=N), rng.normal(size=N)


@task(
    5, "moves the preferences towards arms that earned more than the baseline", keeps_arguments=True
)
def preferred(code, rng):  # fmt: skip
    return [code.gradient_bandit(*preferences(rng), lr) for lr in (0.1, 1.0)]


@task(5, "accepts a baseline of 0, and then any good reward raises the preference")
def without_baseline(code, rng):
    H, arm, reward, _ = preferences(rng)
    return code.gradient_bandit(H, arm, reward, np.zeros(len(H)), 0.3)


@task(5, "is the gradient of the expected reward", keeps_arguments=True)
def expected_gradient(code, rng):
    H, *_ = preferences(rng)
    return code.reward_gradient(H, rng.normal(size=H.shape) + 2)


@task(6, "takes the second half alone, per pull", keeps_arguments=True)
def late(code, rng):
    return [float(code.late_regret(rng.random((T, 3)).cumsum(axis=0))) for T in (2, 8, 40)]


@task(6, "names the rule that never stops paying")
def conclusion(code, rng):
    return code.still_paying()


# --- returns


@task(7, "counts a reward less, the later it comes", keeps_arguments=True)
def discounted(code, rng):
    rewards = rng.normal(size=int(rng.integers(5, 9)))
    return [float(code.discounted_return(rewards, gamma)) for gamma in (0.9, 0.5, 1.0, 0.0)]


@task(7, "finds the return of every step", keeps_arguments=True)
def to_go(code, rng):
    T = int(rng.integers(6, 10))
    last = np.arange(T) == T - 1
    return [code.returns_to_go(rng.normal(size=T), last, gamma) for gamma in (0.9, 1.0, 0.0)]


@task(7, "adds nothing across the end of an episode", keeps_arguments=True)
def to_go_ends(code, rng):
    ended = np.array([False, True, False, False, True, True, False, False])
    return [code.returns_to_go(rng.normal(size=8), ended, gamma) for gamma in (0.8, 1.0)]


@task(7, "keeps fractions when the rewards are whole numbers")
def whole_rewards(code, rng):
    return code.returns_to_go(rng.integers(1, 9, size=6), np.arange(6) == 5, 0.7)


@task(8, "continues with the value where a time limit cut the episode off", keeps_arguments=True)
def cut_off(code, rng):
    rewards, next_v = rng.normal(size=(2, 8))
    terminated, truncated = np.zeros((2, 8), bool)
    terminated[[1, 4]] = truncated[[2, 6]] = True
    ends = terminated, truncated
    return [code.bootstrapped_returns(rewards, *ends, next_v, gamma) for gamma in (0.9, 1.0)]


@task(8, "continues with the value after the last step too, unless it terminated")
def last_step(code, rng):
    rewards, next_v = rng.normal(size=(2, 5))
    never, last = np.zeros(5, bool), np.arange(5) == 4
    ends = (never, never), (last, never), (never, last), (last, last)
    return [code.bootstrapped_returns(rewards, *each, next_v, 0.8) for each in ends]


@task(8, "counts a step as terminated that was truncated as well")
def both_ends(code, rng):
    rewards, next_v = rng.normal(size=(2, 5))
    middle = np.arange(5) == 2
    return code.bootstrapped_returns(rewards, middle, middle, next_v, 0.8)


# --- one world, three ways


@task(9, "goes one square, and stays where an edge or a wall is")
def moved(code, rng):
    found = []
    for layout in (open_map(rng), ("S.#.",), ("S", ".", "G")):
        cells = "".join(layout)
        open_cells = [s for s in range(len(cells)) if cells[s] != "#"]
        found.append([int(code.move(layout, s, a)) for s in open_cells for a in range(4)])
    return found


@task(9, "fills the tables of a map without chance")
def certain(code, rng):
    return code.grid_tables(open_map(rng))


@task(9, "shares the probability between three directions, and averages the rewards")
def slippery(code, rng):
    slip = float(rng.uniform(0.1, 0.5))
    return code.grid_tables(code.TOWN, 0.2), code.grid_tables(open_map(rng), slip, -0.1)


def walked(env, actions, **options):
    """What an environment returns: after a reset, and after each action until an end."""
    s, info = env.reset(**options)
    found = [(int(s), dict(info))]
    for a in actions:
        s, reward, terminated, truncated, info = env.step(int(a))
        found.append((int(s), float(reward), bool(terminated), bool(truncated), dict(info)))
        if terminated or truncated:
            break
    return found


@task(10, "returns the five values of each step, to both kinds of end")
def five_values(code, rng):
    env = code.GridEnv(("..H", ".S.", "#.G"), 0.0, -0.1, limit=4)
    plans = [1, 2], [2, 1], [0, 1], [3, 2] * 3, [2, 3, 2, 1], rng.integers(4, size=6)
    return [walked(env, plan) for plan in plans]


@task(10, "begins at S again, with the clock at 0")
def begins_again(code, rng):
    env = code.GridEnv(("...", "S.."), limit=3)
    return [walked(env, [1, 1]), walked(env, [0, 1, 1]), walked(env, [3, 3, 3])]


@task(10, "draws its turns from its own generator")
def own_generator(code, rng):
    env, actions = code.GridEnv(("....", ".S..", "...."), 0.5), rng.integers(4, size=40)

    def walk(rng):
        env.reset()
        env.rng = rng
        return [env.step(a)[0] for a in actions]

    return decided_by(walk, rng)


@task(10, "repeats an episode from the same seed, and not without a seed")
def seeded(code, rng):
    env, seed = code.GridEnv(("....", ".S..", "...."), 0.5), int(rng.integers(1000))
    actions = rng.integers(4, size=40)
    first, second = walked(env, actions, seed=seed), walked(env, actions)
    again, other = walked(env, actions, seed=seed), walked(env, actions, seed=seed + 1)
    return again == first, second == first, other == first


@task(10, "goes to one side as often as to the other", judge=within(0.7, 1.3), seeds=1)
def turns(code, rng):
    env, counts = code.GridEnv(("...", ".S.", "..."), 0.4, limit=9), np.zeros(9)
    env.reset(seed=int(rng.integers(1 << 30)))
    for _ in range(2500):
        env.reset()
        counts[env.step(1)[0]] += 1
    return [float(counts[s]) / 2500 / p for s, p in ((5, 0.6), (1, 0.2), (7, 0.2))]


class Steps:
    """A world without chance: each step leads to the next state, until `last` or the limit."""

    def __init__(self, last, terminates=True):
        self.last, self.terminates, self.log = last, terminates, []

    def reset(self, seed=None, options=None):
        self.s = 0
        return 0, {}

    def step(self, a):
        self.log.append((self.s, int(a)))
        self.s += 1
        over = self.s == self.last
        ends = (over, False) if self.terminates else (False, over)
        return self.s, float(10 * self.s + a), *ends, {}


@task(11, "records each state with the action taken there and its reward", keeps_arguments=True)
def recorded(code, rng):
    found = []
    for terminates in (True, False):
        env, pi = Steps(int(rng.integers(3, 6)), terminates), np.eye(4)[rng.integers(4, size=7)]
        episode, last, terminated = code.run_episode(env, pi, rng)
        steps = [(int(s), int(a), float(r)) for s, a, r in episode]
        found.append((steps, int(last), bool(terminated), env.log))
    return found


@task(11, "draws actions with the probabilities of the state", judge=within(0.7, 1.3), seeds=1)
def actions_drawn(code, rng):
    pi, counts = np.array([[0.2, 0.5, 0.3], [0.5, 0.25, 0.25], [0, 0, 1.0]]), np.zeros((2, 3))
    for _ in range(2000):
        for s, a, _ in code.run_episode(Steps(2), pi, rng)[0]:
            counts[s, a] += 1
    return (counts / 2000 / pi[:2]).ravel()


@task(11, "leaves the actions to the generator")
def actions_by_generator(code, rng):
    pi = np.full((60, 3), 1 / 3)
    return decided_by(lambda rng: [a for _, a, _ in code.run_episode(Steps(40), pi, rng)[0]], rng)


# --- policies


@task(12, "counts the visits of each state and action, discounted", keeps_arguments=True)
def visits(code, rng):
    found = []
    for gamma in (0.9, 0.5, 0.0):
        P, _, pi, start = world(rng, int(rng.integers(3, 6)), 3)
        found.append(code.occupancy(P, pi, start, gamma))
    return found


@task(12, "is the mean discounted return", keeps_arguments=True)
def mean_return(code, rng):
    P, R, pi, start = world(rng, 4, 2)
    return [float(code.expected_return(P, R, pi, start, gamma)) for gamma in (0.9, 0.3, 0.0)]


@task(13, "finds the best of all policies that see the state", needs=[12], keeps_arguments=True)
def best_seeing(code, rng):
    P, R, _, start = world(rng, 4, 3)
    return code.best_policy(P, R - 3, start, 0.8, np.arange(4))


@task(13, "keeps the first of several equally good policies", needs=[12])
def first_best(code, rng):
    P, R, _, start = world(rng, 3, 3)
    return code.best_policy(P, 0 * R, start, 0.8, np.arange(3))


@task(13, "gives states that look the same the same action", needs=[12], keeps_arguments=True)
def best_blind(code, rng):
    P, R, _, start = world(rng, 5, 3)
    looks = rng.permutation(3)[[0, 0, 1, 2, 1]]  # never in turn
    found = code.best_policy(P, R, start, 0.9, looks)
    return found, code.best_policy(P, R, start, 0.9, np.zeros(5, int))


def earned(P, R, pi):
    """What a policy earns from state 0 with a discount of 0.9, as a sum over 600 steps."""
    here, total = np.eye(len(P))[0], 0.0
    for step in range(600):
        total += 0.9**step * float(here @ (pi * R).sum(axis=1))
        here = here @ np.einsum("sa,sat->st", pi, P)
    return total


@task(14, "earns more by the contract than by delivering, and delivers nothing")
def exploited(code, rng):
    pi, (P, contract, meant) = np.asarray(code.loophole(), float), code.parcel()
    probabilities = bool((pi >= 0).all() and np.allclose(pi.sum(axis=1), 1))
    more = earned(P, contract, pi) > earned(P, contract, np.eye(2)[[0, 0, 0]]) + 1e-6
    return probabilities, more, abs(earned(P, meant, pi)) < 1e-9


@task(
    14,
    "adds the discounted potential of the next state, less that of the state",
    keeps_arguments=True,
)
def shaped(code, rng):  # fmt: skip
    P, R, _, _ = world(rng, 4, 3)
    return [code.shaping(P, R, rng.normal(size=4), gamma) for gamma in (0.9, 0.5)]
