"""Monte Carlo methods: values and policies from nothing but what whole episodes earned.

Letters: S states, A actions, T steps of an episode, N episodes.

An episode is a list of (s, a, r): in state s action a was taken and earned the reward r. The return
of a step, G, is what was earned from this step to the end, later rewards discounted by gamma. A
policy pi (S, A) holds the probability of each action in each state; v (S,) are values of states and
q (S, A) values of actions.

A world has `S` states and `A` actions. `reset()` begins an episode and returns its state, and
`reset(s)` begins it in state s. `step(a)` returns the next state, the reward, and whether the
episode has ended. `undergrad check monte-carlo` checks your functions.
"""

from itertools import product

import numpy as np

# --- given: two worlds, and the game of blackjack -----------------------------------------------


class Ridge:
    """State 0 is a fork: action 0 takes the road and earns `road`, action 1 climbs the ridge.

    On the ridge, which has `length` states, action 1 goes on and action 0 falls off, which earns
    nothing. The end of the ridge earns 1.
    """

    A = 2

    def __init__(self, length=3, road=0.8):
        self.S, self.road, self.s = length + 1, road, 0

    def reset(self, s=0):
        """Begin in state s, or at the fork, and return the state."""
        self.s = s
        return s

    def step(self, a):
        """Returns: s, int, reward, float, ended, bool"""
        if a == 0:
            return self.s, self.road if self.s == 0 else 0.0, True
        if self.s == self.S - 1:
            return self.s, 1.0, True
        self.s += 1
        return self.s, 0.0, False


class Loop:
    """One state. Action 1 leads back to it with probability `stay`, and else ends and earns 1.

    Action 0 ends the episode and earns nothing.
    """

    S, A = 1, 2

    def __init__(self, rng, stay=0.9):
        self.rng, self.stay = rng, stay

    def reset(self, s=0):
        """Begin, and return the state 0."""
        return s

    def step(self, a):
        """Returns: s, int, reward, float, ended, bool"""
        ended = a == 0 or bool(self.rng.random() >= self.stay)
        return 0, float(a == 1 and ended), ended


CARDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10)  # an ace is 1; a card is put back at once
STICK, HIT = 0, 1


def hand(hard, ace):
    """The total of a hand and whether an ace counts as 11, from its total with all aces as 1.

    Returns: total, int, usable, bool
    """
    usable = bool(ace and hard + 10 <= 21)
    return hard + 10 * usable, usable


def state_number(total, shown, usable=False):
    """The number of a state of `Blackjack`.

    Returns: s, int
    """
    return (total - 12) * 20 + (shown - 1) * 2 + int(usable)


class Blackjack:
    """The game of Gymnasium's Blackjack-v1, with 200 states and the actions STICK and HIT.

    A state is the player's total, 12 to 21, the card that the dealer shows, 1 to 10, and whether an
    ace of the player counts as 11. Below 12 a card does no harm, so it is drawn at once. The dealer
    draws up to a total of 17. More than 21 loses; the reward is 1, 0 or -1.
    """

    S, A = 200, 2

    def __init__(self, rng):
        self.rng = rng

    def card(self):
        """Draw a card.   Returns: card, int"""
        return CARDS[int(13 * self.rng.random())]

    def reset(self, s=None):
        """Deal, or begin in state s, and return the state."""
        if s is None:
            self.shown, first, second = self.card(), self.card(), self.card()
            self.hard, self.ace = first + second, 1 in (first, second)
            while hand(self.hard, self.ace)[0] < 12:
                self.draw()
        else:
            self.shown, self.ace = s // 2 % 10 + 1, bool(s % 2)
            self.hard = s // 20 + 12 - 10 * self.ace
        return self.state()

    def draw(self):
        """One more card for the player."""
        card = self.card()
        self.hard, self.ace = self.hard + card, self.ace or card == 1

    def state(self):
        """The number of the state.   Returns: s, int"""
        total, usable = hand(self.hard, self.ace)
        return state_number(total, self.shown, usable)

    def step(self, a):
        """Returns: s, int, reward, float, ended, bool"""
        if a == HIT:
            self.draw()
            over = self.hard > 21
            return (0, -1.0, True) if over else (self.state(), 0.0, False)
        hard, ace = self.shown, self.shown == 1
        while hand(hard, ace)[0] < 17:
            card = self.card()
            hard, ace = hard + card, ace or card == 1
        own, dealer = hand(self.hard, self.ace)[0], hand(hard, ace)[0]
        return 0, float(dealer > 21 or own > dealer) - float(own < dealer <= 21), True


def dealer_totals(hard, ace):
    """How probable each final total of the dealer is, 17 to 21; what is missing from 1 is a bust.

    Returns: p, dict
    """
    total, _ = hand(hard, ace)
    if total >= 17:
        return {total: 1.0} if total <= 21 else {}
    p = {}
    for card in CARDS:
        for final, probability in dealer_totals(hard + card, ace or card == 1).items():
            p[final] = p.get(final, 0.0) + probability / 13
    return p


def blackjack_tables():
    """The tables of `Blackjack`, as in `dp`; state 200 is the end.

    Returns: P (201, 2, 201), R (201, 2)
    """
    P, R = np.zeros((201, 2, 201)), np.zeros((201, 2))
    P[:, STICK, 200] = P[200, HIT, 200] = 1
    dealers = {shown: dealer_totals(shown, shown == 1) for shown in range(1, 11)}
    for shown, total, usable in product(range(1, 11), range(12, 22), (False, True)):
        s, dealer = state_number(total, shown, usable), dealers[shown]
        better = sum(p for final, p in dealer.items() if final > total)
        R[s, STICK] = 1 - dealer.get(total, 0.0) - 2 * better
        for card in CARDS:
            hard = total - 10 * usable + card
            if hard > 21:
                P[s, HIT, 200] += 1 / 13
                R[s, HIT] -= 1 / 13
            else:
                after, still = hand(hard, usable or card == 1)
                P[s, HIT, state_number(after, shown, still)] += 1 / 13
    return P, R


def first_hands():
    """How probable each state is as the first one of a hand.

    Returns: p (201,)
    """
    p = np.zeros(201)

    def deal(hard, ace, probability):
        total, usable = hand(hard, ace)
        if total >= 12:
            for shown in CARDS:
                p[state_number(total, shown, usable)] += probability / 13
        else:
            for card in CARDS:
                deal(hard + card, ace or card == 1, probability / 13)

    for first, second in product(CARDS, CARDS):
        deal(first + second, 1 in (first, second), 1 / 169)
    return p


def draw(p, rng):
    """The number of an action, drawn with the probabilities p (A,).

    Returns: a, int
    """
    return int(np.searchsorted(p.cumsum(), rng.random(), side="right"))


def returns(episode, gamma):
    """The return of each step of an episode.

    Returns: G, list
    """
    G, found = 0.0, []
    for _, _, r in reversed(episode):
        G = r + gamma * G
        found.append(G)
    return found[::-1]


# --- values: the mean of what was earned --------------------------------------------------------


def first_visit(episodes, S, gamma):
    """The mean return of each state from the first visit in each episode, and its number.

    v is 0 where n is 0.
    Returns: v (S,), n (S,), int
    """
    # TODO 1: which steps of an episode count, and which return belongs to each of them?
    sums, n = np.zeros(S), np.zeros(S, int)
    for episode in episodes:
        seen = set()
        for (s, _, _), G in zip(episode, returns(episode, gamma), strict=True):
            if s not in seen:
                seen.add(s)
                sums[s] += G
                n[s] += 1
    return sums / np.maximum(n, 1), n


def every_visit(episodes, S, gamma):
    """The same from all visits.

    Returns: v (S,), n (S,), int
    """
    # TODO 1: what changes when a state is visited again?
    sums, n = np.zeros(S), np.zeros(S, int)
    for episode in episodes:
        for (s, _, _), G in zip(episode, returns(episode, gamma), strict=True):
            sums[s] += G
            n[s] += 1
    return sums / np.maximum(n, 1), n


def every_visit_mean(stay):
    """The expectation of `every_visit` after one episode in a state that repeats, with gamma 1.

    Each step earns 1, and the episode goes on with probability `stay`, otherwise it ends.
    Returns: mean, float
    """
    # TODO 2: derive it on paper: what is the estimate when the episode has T steps?
    return (1 / (1 - stay) + 1) / 2


def running_mean(mean, total, x, w=1.0):
    """A weighted mean, and the total of its weights, after one more number x with the weight w.

    The mean is unchanged while all weights are 0.
    Returns: mean, float, total, float
    """
    # TODO 3: how far does the mean move towards x?
    total += w
    if w:
        mean += w / total * (x - mean)
    return mean, total


def standard_error(sums, counts):
    """The ratio sum(sums) / sum(counts) of N episodes, and its standard error.

    sums (N,): the returns of all visits to a state in each episode, added up.   counts (N,): their
    number. An episode counts as one, however many visits it has.
    Returns: v, float, se, float
    """
    # TODO 4: by how much does each episode pull the ratio away from v?
    v = sums.sum() / counts.sum()
    N, apart = len(sums), sums - v * counts
    return float(v), float(np.sqrt(N / (N - 1) * (apart**2).sum()) / counts.sum())


# --- policies -----------------------------------------------------------------------------------


def epsilon_soft(q, epsilon):
    """A policy that takes a random action with probability epsilon, and otherwise a best one.

    The random action is drawn from all actions. Where several are best, they share their part.
    q (S, A).
    Returns: pi (S, A)
    """
    # TODO 5: what does each best action get, and what does every action get?
    best = q == q.max(axis=1, keepdims=True)
    return epsilon / q.shape[1] + (1 - epsilon) * best / best.sum(axis=1, keepdims=True)


def play(world, pi, rng, start=None):
    """One episode in which the policy pi (S, A) is followed; `draw` draws its actions.

    start: None, or a pair (s, a): then the episode begins in s, with the action a.
    Returns: episode, list
    """
    # TODO 6: for which step does the policy not decide, and which state belongs to a reward?
    s, a = (world.reset(), None) if start is None else (world.reset(start[0]), start[1])
    episode, ended = [], False
    while not ended:
        a = draw(pi[s], rng) if a is None else a
        after, r, ended = world.step(a)
        episode.append((s, a, r))
        s, a = after, None
    return episode


def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    """Monte Carlo control: play, average, improve, and repeat. gamma is 1.

    After each episode, q[s, a] becomes the mean of all returns that followed a in s, in all
    episodes so far and at every visit, and in the states of the episode the policy becomes
    epsilon-soft. At first it draws all actions with equal probability.
    exploring_starts: each episode begins with a state and an action, both drawn uniformly.
    n: how many returns each mean has.
    Returns: q (S, A), n (S, A)
    """
    # TODO 7: what happens after each episode, and in which states does the policy change?
    q, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    pi = np.full((world.S, world.A), 1 / world.A)
    for _ in range(episodes):
        start = (rng.integers(world.S), rng.integers(world.A)) if exploring_starts else None
        episode = play(world, pi, rng, start)
        for (s, a, _), G in zip(episode, returns(episode, 1.0), strict=True):
            q[s, a], n[s, a] = running_mean(q[s, a], n[s, a], G)
        states = [s for s, _, _ in episode]
        pi[states] = epsilon_soft(q[states], epsilon)
    return q, n


# --- off-policy: the episodes of somebody else --------------------------------------------------


def ratios(pi, b, episode):
    """For each step, how much more probable the actions up to and including it are under pi.

    pi, b (S, A): the episode was played with b.
    Returns: rho (T,)
    """
    # TODO 8: which factor does each step contribute?
    return np.cumprod([pi[s, a] / b[s, a] for s, a, _ in episode])


def ordinary_is(w, G):
    """The estimate by ordinary importance sampling, from ratios w (N,) and returns G (N,).

    Returns: v, float
    """
    # TODO 9: by what is the sum divided?
    return float((w * G).mean())


def weighted_is(w, G):
    """The estimate by weighted importance sampling; 0 where all ratios are 0.

    Returns: v, float
    """
    # TODO 9: by what is the sum divided here?
    return float((w * G).sum() / w.sum()) if w.any() else 0.0


def second_moment(stay, b):
    """The expectation of (rho G)^2 in `Loop`, when pi always takes action 1; may be inf.

    rho: the ratio of a whole episode.   b: the probability with which the policy that played takes
    action 1, above 0.
    Returns: moment, float
    """
    # TODO 10: derive it on paper; which sum is it, and when does it have a value?
    return (1 - stay) / (b - stay) if b > stay else np.inf


def per_decision_is(episodes, pi, b, gamma):
    """The ordinary estimate in which each reward is weighted by the ratio of its own step.

    All episodes begin in the same state.
    Returns: v, float
    """
    # TODO 11: which actions can have influenced the reward of step t?
    found = []
    for episode in episodes:
        r = np.array([r for _, _, r in episode])
        found.append((gamma ** np.arange(len(r)) * ratios(pi, b, episode) * r).sum())
    return float(np.mean(found))


def effective_sample_size(w):
    """How many equally weighted returns are worth as much as those with the weights w (N,).

    It is the square of their sum, divided by the sum of their squares; 0 where all are 0.
    Returns: n, float
    """
    # TODO 11: what comes out when all weights are equal, and when a single one is not 0?
    return float(w.sum() ** 2 / (w**2).sum()) if w.any() else 0.0


def off_policy_q(episodes, pi, b, gamma):
    """The action values of pi by weighted importance sampling, from episodes played with b.

    Every visit counts. pi, b (S, A). q is 0 where nothing has any weight.
    Returns: q (S, A)
    """
    # TODO 12: the ratio of which actions corrects the return of (s, a)? Walk backwards.
    q, total = np.zeros(pi.shape), np.zeros(pi.shape)
    for episode in episodes:
        G, w = 0.0, 1.0
        for s, a, r in reversed(episode):
            G = r + gamma * G
            q[s, a], total[s, a] = running_mean(q[s, a], total[s, a], G, w)
            w *= pi[s, a] / b[s, a]
    return q


# --- an experiment ------------------------------------------------------------------------------

BOOK = state_number(13, 2, usable=True)  # the state of figure 5.3 in the book
BOOK_VALUE = -0.27720419182500217  # of sticking on 20 and 21 only, from the tables


def logged_hands(n, rng):
    """n hands from the state BOOK, played at random, for the policy that sticks on 20 and 21.

    Returns: w (n,), G (n,); the ratios and returns of the hands
    """
    world, b = Blackjack(rng), np.full((200, 2), 0.5)
    pi = np.eye(2)[(np.arange(200) // 20 + 12 < 20).astype(int)]
    w, G = np.zeros(n), np.zeros(n)
    for i in range(n):
        episode = play(world, b, rng, (BOOK, draw(b[BOOK], rng)))
        w[i], G[i] = ratios(pi, b, episode)[-1], episode[-1][2]
    return w, G


def squared_errors(log, truth, n, runs, rng):
    """The mean squared errors of both estimates from n episodes, over several runs.

    log: log(n, rng) returns the ratios w (n,) and returns G (n,) of n new episodes, each time.
    Returns: ordinary, float, weighted, float
    """
    # TODO 13: from which data do the two estimates of one run come?
    errors = []
    for _ in range(runs):
        w, G = log(n, rng)
        errors.append([(ordinary_is(w, G) - truth) ** 2, (weighted_is(w, G) - truth) ** 2])
    ordinary, weighted = np.mean(errors, axis=0)
    return float(ordinary), float(weighted)


def closer():
    """Your conclusion: which estimate is closer on average in `logged_hands`, from how many hands?

    Each is "ordinary", "weighted", or "neither" where the mean squared errors differ by less than
    a fifth.
    Returns: from_10, str, from_1000, str
    """
    # TODO 13: run `squared_errors` with many runs first.
    return "weighted", "neither"


# --- other people's code ------------------------------------------------------------------------


def program_a(episodes, S, gamma):
    """First-visit values, as somebody wrote it."""
    v, n = np.zeros(S), np.zeros(S)
    for episode in episodes:
        G, seen = 0.0, set()
        for s, _, r in reversed(episode):
            G = r + gamma * G
            if s not in seen:
                seen.add(s)
                n[s] += 1
                v[s] += (G - v[s]) / n[s]
    return v


def program_b(episodes, pi, b, gamma):
    """Off-policy action values, as somebody else wrote it."""
    q, total, w = np.zeros(pi.shape), np.zeros(pi.shape), 1.0
    for episode in episodes:
        G = 0.0
        for s, a, r in reversed(episode):
            G = r + gamma * G
            total[s, a] += w
            if total[s, a] > 0:
                q[s, a] += w / total[s, a] * (G - q[s, a])
            w *= pi[s, a] / b[s, a]
    return q


def program_c(episodes, pi, b, gamma):
    """Off-policy action values, as yet somebody else wrote it."""
    q, total = np.zeros(pi.shape), np.zeros(pi.shape)
    for episode in episodes:
        G, w = 0.0, 1.0
        for s, a, r in reversed(episode):
            G = r + gamma * G
            w *= pi[s, a] / b[s, a]
            total[s, a] += w
            if total[s, a] > 0:
                q[s, a] += w / total[s, a] * (G - q[s, a])
    return q


FAULTS = (
    "the reward of a step is discounted once too often",
    "the last visit of an episode counts, and not the first",
    "the values of one episode overwrite those of the episode before",
    "the ratio goes on from one episode to the next",
    "the ratio contains the action whose value is estimated",
    "the mean is divided by the number of episodes",
)


def faults():
    """The fault of each program: the number of its sentence in FAULTS, counted from 0.

    Returns: a, int, b, int, c, int
    """
    # TODO 14: follow each program through an episode of two steps, and then through a second one.
    return 1, 3, 4
