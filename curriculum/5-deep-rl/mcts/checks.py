"""The checks of `mcts`.

Where random numbers decide, a check looks at what does not depend on their order: fixed points,
sums, forced moves, and frequencies over many draws.
"""

import math

import numpy as np

from undergrad.checker import at_least, decided_by, task

# Planning in a maze


def remembered(code, rng, states=5, actions=4):
    """A model of random deterministic steps; the last state is terminal."""
    model = {}
    for state in range(states - 1):
        for action in range(actions):
            after, reward = int(rng.integers(states)), float(rng.normal())
            step = code.Step(state, action, reward, after, after == states - 1)
            model[state, action] = step, int(rng.integers(1, 50))
    return model


def copied(values):
    return {key: float(value) for key, value in values.items()}


@task(1, "updates the value of a remembered step towards its reward and best next value")
def one_remembered_step(code, rng):
    q = rng.normal(size=(5, 3))
    step = code.Step(1, 2, float(rng.normal()), 4, bool(rng.integers(2)))
    code.plan(q, {(1, 2): (step, 3)}, int(rng.integers(1, 4)), 3, rng, lr=0.3, gamma=0.8)
    usual = rng.normal(size=(5, 3))
    code.plan(usual, {(1, 2): (step._replace(terminated=False), 3)}, 1, 3, rng)
    return q, usual


@task(1, "makes `count` updates")
def as_many_updates(code, rng):
    found = []
    for count in (0, 1, 7):
        q = np.zeros((2, 1))
        code.plan(q, {(0, 0): (code.Step(0, 0, 1.0, 1, True), 1)}, count, 1, rng, lr=0.1)
        found.append(float(q[0, 0]))
    return found


@task(1, "reaches the same values from any order of draws, and leaves the model as it is")
def settled_values(code, rng):
    model = remembered(code, rng)
    before = dict(model)
    q = np.zeros((5, 4))
    code.plan(q, model, 4000, 60, rng, lr=1.0, gamma=0.7)
    return np.round(q, 5), model == before


@task(1, "adds kappa times the square root of the time since the step to its reward")
def bonus(code, rng):
    q = rng.normal(size=(5, 3))
    step = code.Step(1, 2, float(rng.normal()), 4, False)
    now = int(rng.integers(20, 90))
    code.plan(q, {(1, 2): (step, 11)}, 2, now, rng, lr=0.3, gamma=0.8, kappa=0.25)
    return q


@task(1, "draws every remembered step equally often")
def evenly(code, rng):
    # Every reward is 1 and every step ends, so each value says how often it was updated.
    model = {(s, 0): (code.Step(s, 0, 1.0, 9, True), 1) for s in range(4)}
    q = np.zeros((10, 1))
    code.plan(q, model, 4000, 1, rng, lr=1e-4)
    counts = np.log(1 - q[:4, 0]) / math.log(1 - 1e-4)
    return round(float(counts.sum())), bool(np.abs(counts - 1000).max() < 200)


@task(1, "leaves the choice to the generator")
def chosen_by_generator(code, rng):
    model = remembered(code, rng)

    def draw(rng):
        q = np.zeros((5, 4))
        code.plan(q, model, 30, 60, rng)
        return q

    return decided_by(draw, rng)


class Corridor:
    """States in a row; every action leads one further, and the last step earns 1."""

    def __init__(self, code, length):
        self.code, self.length, self.states, self.start = code, length, length + 1, 0
        self.seen = []

    def step(self, state, action):
        self.seen.append((state, action))
        after = state + 1
        return self.code.Step(
            state, action, float(after == self.length), after, after == self.length
        )


@task(2, "starts every episode at the start, and counts its steps")
def episodes(code, rng):
    env = Corridor(code, int(rng.integers(2, 5)))
    q, lengths = code.dyna_q(env, 3, rng, lambda q, model, step, now: None)
    return [state for state, _ in env.seen], list(lengths), np.shape(q)


@task(2, "updates q after each step, from the step that was just taken")
def learned_directly(code, rng):
    env, seen = Corridor(code, 3), []

    def planner(q, model, step, now):
        seen.append((float(q.sum()), float(q[step.state, step.action])))

    code.dyna_q(env, 4, rng, planner, lr=1.0, gamma=0.5, epsilon=0.0)
    code.dyna_q(env, 4, rng, planner, epsilon=0.0)
    return seen


@task(2, "calls the planner after each step, with a model that knows it and a time that counts on")
def asked_to_plan(code, rng):
    env, calls = Corridor(code, 3), []

    def planner(q, model, step, now):
        latest, when = model.get((step.state, step.action), ((), 0))
        known = sorted(model) == sorted(set(env.seen))
        calls.append(
            (step.state, tuple(latest) == tuple(step), when == now, now, known, len(model) > 0)
        )

    code.dyna_q(env, 6, rng, planner)
    return calls


@task(2, "keeps what the planner writes into q")
def one_table(code, rng):
    env = Corridor(code, 2)

    def planner(q, model, step, now):
        q[step.state] = [0.0, 0.0, now, 0.0]

    q, _ = code.dyna_q(env, 6, rng, planner, lr=0.0, epsilon=0.0)
    return q, [action for _, action in env.seen[2:]]


@task(2, "explores with probability epsilon")
def explores(code, rng):
    def planner(q, model, step, now):
        q[:] = [0.0, 1.0, 0.0, 0.0]

    # Three in four of the random actions are not the best one.
    often, seldom = Corridor(code, 2), Corridor(code, 2)
    code.dyna_q(often, 500, rng, planner, lr=0.0, epsilon=0.4)
    code.dyna_q(seldom, 1500, rng, planner, lr=0.0)
    others, fewer = (np.mean([a != 1 for _, a in env.seen[1:]]) for env in (often, seldom))
    equals = Corridor(code, 30)
    code.dyna_q(equals, 1, rng, lambda q, model, step, now: None, epsilon=0.0)
    return (
        bool(0.2 < others < 0.4),
        bool(0.045 < fewer < 0.105),
        len({action for _, action in equals.seen}) > 1,
    )


@task(2, "leaves all choices to the generator")
def walked_by_generator(code, rng):
    def draw(rng):
        env = Corridor(code, 4)
        code.dyna_q(env, 3, rng, lambda q, model, step, now: None, epsilon=1.0)
        return env.seen

    return decided_by(draw, rng)


class Impatient:
    """A maze in which an episode ends after so many steps."""

    def __init__(self, maze, limit):
        self.maze, self.limit, self.left = maze, limit, limit
        self.states, self.start = maze.states, maze.start

    def step(self, state, action):
        self.left -= 1
        step = self.maze.step(state, action)
        step = step._replace(terminated=step.terminated or self.left == 0)
        self.left = self.limit if step.terminated else self.left
        return step


@task(2, "learns a maze in a few episodes", needs=[1], judge=at_least(0.0), seeds=1)
def learns_a_maze(code, rng):
    env = Impatient(code.Maze(("S..#.", ".#...", "...#G")), 300)
    _, lengths = code.dyna_q(env, 12, rng, code.uniform(5, rng))
    return 30.0 - min(lengths[-3:])


@task(3, "puts what leads to a state into the queue, by the size of the TD error")
def queued(code, rng):
    model, q = remembered(code, rng, states=4, actions=12), rng.normal(size=(4, 12))
    queue = {(state, action): 9.0 for state in range(3) for action in range(6)}
    state = int(rng.integers(3))
    model[0, 0] = code.Step(0, 0, -9.0, state, False), 1  # an error below 0 on every seed
    before = q.copy(), dict(model)
    code.enqueue(q, model, queue, state, gamma=0.8, theta=0.05)
    usual = {}
    code.enqueue(q, model, usual, int(rng.integers(3)))
    return copied(queue), copied(usual), bool((q == before[0]).all()) and model == before[1]


@task(3, "leaves out errors of theta or less")
def small_errors(code, rng):
    ends = [code.Step(s, 0, float(s), 5, True) for s in range(4)]
    queue = {}
    code.enqueue(np.zeros((6, 1)), {(s, 0): (ends[s], 1) for s in range(4)}, queue, 5, theta=1.0)
    usual = {}
    tiny = [step._replace(reward=0.00006 * step.reward) for step in ends]
    code.enqueue(np.zeros((6, 1)), {(s, 0): (tiny[s], 1) for s in range(4)}, usual, 5)
    return copied(queue), sorted(usual)


@task(3, "updates the pair with the largest priority, and removes it")
def largest_first(code, rng):
    model, q = remembered(code, rng, states=9), rng.normal(size=(9, 4))
    queue = {(s, a): float(rng.random()) for s in range(8) for a in range(4)}
    code.sweep(q, model, queue, 1, lr=0.4, gamma=0.8, theta=math.inf)
    return q, copied(queue)


@task(3, "goes on with what leads to the updated state, `count` times")
def backwards(code, rng):
    model, q = remembered(code, rng, states=7), rng.normal(size=(7, 4))
    queue = {(0, 0): 1.0}
    code.sweep(q, model, queue, int(rng.integers(2, 6)), lr=0.6, gamma=0.8, theta=0.01)
    return q, copied(queue)


@task(3, "stops when the queue is empty, and does nothing for a count of 0")
def runs_dry(code, rng):
    # A corridor: one sweep from its end is enough for all of it.
    steps = [code.Step(s, 0, float(s == 3), s + 1, s == 3) for s in range(4)]
    model = {(s, 0): (steps[s], 1) for s in range(4)}
    found = []
    for count in (0, 2, 50):
        q, queue = np.zeros((5, 1)), {(3, 0): 1.0}
        code.sweep(q, model, queue, count, gamma=0.5)
        found.append((q, copied(queue)))
    for reward in (0.0001, 0.00016, 1.0):  # 0.95 times these are below and above 0.0001
        q, queue = np.zeros((5, 1)), {(3, 0): 1.0}
        model[3, 0] = steps[3]._replace(reward=reward), 1
        code.sweep(q, model, queue, 1)
        found.append((sorted(queue), copied(queue)))
    return found


# Board games

BOARDS = ((6, 7, 4), (5, 4, 3), (4, 6, 4))


def played(game, rng, least, most):
    """A position that is not over, after at least and at most so many random moves."""
    for _ in range(50):
        position = game.start
        for _ in range(int(rng.integers(least, most + 1))):
            if game.outcome(position) is not None:
                break
            moves = game.moves(position)
            position = game.play(position, moves[int(rng.integers(len(moves)))])
        if game.outcome(position) is None:
            return position
    return game.start  # with wrong rules no game may go on


@task(4, "finds lines in every direction, and none in shorter ones")
def lines(code, rng):
    found = []
    for rows, _, n in BOARDS:
        for step in (1, rows, rows + 1, rows + 2):
            first = (rows - 1 if step == rows else 0) + (rows + 1) * int(rng.integers(2))
            line = [1 << first + k * step for k in range(n)]
            steps = (1, rows, rows + 1, rows + 2)
            gap = int(rng.integers(n))
            for stones in (sum(line), sum(line) - line[gap]):
                found.append(bool(code.has_line(stones, n, steps)))
    return found


@task(4, "finds longer lines too, on boards of other sizes, and lines of two")
def other_lines(code, rng):
    steps = (1, 9, 10, 11)
    long = sum(1 << 10 * k for k in range(5))
    cases = [(long, 4), (long, 5), (long, 6), (0b11, 2), (0b101, 2), (1, 2), (0, 3)]
    return [bool(code.has_line(stones, n, steps)) for stones, n in cases]


@task(4, "does not go round the edge")
def edges(code, rng):
    # The top of one column and the bottom of the next are not neighbours: a bit lies between.
    top = 0b111000 | 1 << 7
    return [bool(code.has_line(top, 4, (1, 6, 7, 8)))]


@task(4, "agrees with a search cell by cell", keeps_arguments=True)
def random_boards(code, rng):
    steps, found = (1, 6, 7, 8), []
    for _ in range(60):
        cells = rng.random((7, 6)) < 0.55
        stones = sum(1 << 7 * c + r for c in range(7) for r in range(6) if cells[c, r])
        found.append(bool(code.has_line(stones, 4, steps)))
    return found


@task(5, "lists the columns that are not full, from left to right", needs=[4])
def open_columns(code, rng):
    found = []
    for rows, columns, n in BOARDS:
        game = code.ConnectN(rows, columns, n)
        full = sorted(int(c) for c in rng.choice(columns, size=2, replace=False))
        mask = sum((1 << rows) - 1 << c * (rows + 1) for c in full)
        mask |= ((1 << rows - 1) - 1) << ((full[0] + 1) % columns) * (rows + 1)
        found.append([int(c) for c in game.moves(code.Position(0, mask))])
    return found


@task(5, "returns a Position", needs=[4])
def kind_of_position(code, rng):
    game = code.ConnectN()
    return isinstance(game.play(game.start, int(rng.integers(7))), code.Position)


@task(5, "drops a stone on top of its column, and swaps the sides", needs=[4])
def dropped(code, rng):
    found = []
    for rows, columns, n in BOARDS:
        game, position = code.ConnectN(rows, columns, n), code.Position(0, 0)
        for action in rng.permutation(np.repeat(np.arange(columns), rows))[: 2 * columns]:
            position = game.play(position, int(action))
            found.append((int(position.own), int(position.mask)))
    return found


@task(5, "leads to as many games and positions as there are", needs=[4])
def counts(code, rng):
    found = []
    for rows, columns, n in ((6, 7, 4), (2, 3, 3)):
        game = code.ConnectN(rows, columns, n)
        layer = {game.start: 1}
        for _ in range(4 if rows == 6 else 6):
            after = {}
            for position, ways in layer.items():
                if game.outcome(position) is None:
                    for move in game.moves(position):
                        each = game.play(position, move)
                        after[each] = after.get(each, 0) + ways
            layer = after
            found.append((len(layer), sum(layer.values())))
    return found


# Exact search


@task(6, "finds the value of a position, and of every position after it", needs=[4])
def solved(code, rng):
    game, known = code.TicTacToe(), {}
    value = code.negamax(game, game.after([int(rng.integers(9))]), known)
    values = sorted((int(p.own), int(p.mask), int(each)) for p, each in known.items())
    return int(value), len(known), np.array(values)


@task(6, "sees every value from the side of the player to move", needs=[4])
def sides(code, rng):
    game = code.TicTacToe()
    return [int(code.negamax(game, played(game, rng, 2, 7), {})) for _ in range(8)]


@task(6, "uses what is known, and adds to it", needs=[4])
def memory(code, rng):
    game = code.TicTacToe()
    position = game.after([4, 0, 8])
    known = {game.play(position, int(rng.choice(game.moves(position)))): -1}
    return int(code.negamax(game, position, known)), position in known


@task(6, "plays Connect Four on a small board", needs=[4, 5])
def small_board(code, rng):
    game = code.ConnectN(3, 4, 3)
    return [int(code.negamax(game, played(game, rng, 5, 7), {})) for _ in range(3)]


def by_centre(moves):
    return sorted(moves, key=lambda move: abs(move - 1.6))


def scaled(game, position):
    """A guess that tells almost all positions apart, seen by the player to move."""
    own, other = position.own, position.own ^ position.mask
    return ((own * 2654435761) % 1009 - (other * 2654435761) % 1009) / 1010


@task(7, "finds the exact value of a game to its end", needs=[4])
def exact(code, rng):
    game, found = code.TicTacToe(), []
    for _ in range(5):
        found.append(float(code.AlphaBeta(game).search(played(game, rng, 3, 6), 9)))
    return found


@task(7, "evaluates for the player to move where the depth is used up", needs=[4, 5])
def shallow(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    for depth in (0, 1, 2, 3):
        search = code.AlphaBeta(game, evaluate=scaled)
        found.append(float(search.search(played(game, rng, 2, 5), depth)))
    return found


@task(7, "is exact between the bounds, and cuts off where they meet", needs=[4, 5])
def bounded(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    for number in range(8):
        # The first bounds are low, so that moves of the position itself are cut off.
        alpha, beta = (-1.0, -0.9) if number < 3 else sorted(rng.uniform(-1, 1, size=2).tolist())
        search = code.AlphaBeta(game, evaluate=scaled)
        value = float(search.search(played(game, rng, 1, 4), 4, alpha, beta))
        found.append((min(max(value, alpha), beta), search.nodes))
    return found


@task(7, "tries the moves in the given order", needs=[4, 5])
def ordered(code, rng):
    game, tried = code.ConnectN(3, 4, 3), []

    def order(moves):
        tried.append(list(moves))
        return by_centre(moves)

    search = code.AlphaBeta(game, order, scaled)
    search.search(game.after([1, 2, 2, 1]), 4)
    return search.nodes, tried[:1], len(tried)


@task(7, "searches no more positions than alpha-beta has to", needs=[4, 5])
def visited(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    for depth, evaluate in ((1, scaled), (4, scaled), (4, code.central)):
        search = code.AlphaBeta(game, by_centre, evaluate)
        search.search(played(game, rng, 2, 4), depth)
        found.append(search.nodes)
    return found


@task(8, "counts the leaves of even and odd depths")
def leaves(code, rng):
    moves = int(rng.integers(2, 40))
    return [int(code.fewest_leaves(moves, depth)) for depth in range(7)]


@task(8, "is exact where the numbers are large")
def many_leaves(code, rng):
    return str(code.fewest_leaves(35, 30)), int(code.fewest_leaves(1, 6))


@task(8, "is what a search of a complete tree with the best move first needs", needs=[7])
def best_first(code, rng):
    class Complete:
        """Every position has so many moves, and the first is the best: all values are 0."""

        def outcome(self, position):
            return None

        def moves(self, position):
            return [0, 1, 2]

        def play(self, position, move):
            return code.Position(0, 3 * position.mask + move)

    looked = []
    search = code.AlphaBeta(Complete(), evaluate=lambda game, position: looked.append(0) or 0.0)
    search.search(code.Position(0, 0), 4)
    return len(looked) - int(code.fewest_leaves(3, 4))


@task(9, "finds the same values", needs=[4, 5, 7])
def same_values(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    search = code.WithTable(game, evaluate=scaled)
    for _ in range(4):
        position = played(game, rng, 2, 5)
        found += [float(search.search(position, depth)) for depth in (2, 4, 3)]
    return found


@task(9, "searches fewer positions, and none again", needs=[4, 5, 7])
def fewer(code, rng):
    game = code.ConnectN(4, 5, 3)
    search = code.WithTable(game, by_centre)
    search.search(game.start, 4)
    first = search.nodes
    search.search(game.start, 4)
    return first, search.nodes


@task(9, "uses the bounds in the table where they suffice", needs=[4, 5, 7])
def known_bounds(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    position = played(game, rng, 2, 5)
    cases = (0.3, 1, 0, 0.2), (-1, -0.3, 0, 0.2), (0.1, 0.1, -1, 1), (0.2, 1, 0, 0.2), (-1, 0, 0, 1)
    for low, high, alpha, beta in cases:
        search = code.WithTable(game, evaluate=scaled)
        search.table[position, 3] = low, high
        found.append((float(search.search(position, 3, alpha, beta)), search.nodes))
    return found


@task(9, "keeps a bound from below, a bound from above and an exact value apart", needs=[4, 5, 7])
def kept_bounds(code, rng):
    game, found = code.ConnectN(3, 4, 3), []
    for _ in range(6):
        position = played(game, rng, 2, 5)
        exact = code.AlphaBeta(game, evaluate=scaled).search(position, 3)
        for alpha, beta in ((-1, 1), (exact + 0.1, exact + 0.2), (exact - 0.2, exact - 0.1)):
            search = code.WithTable(game, evaluate=scaled)
            search.search(position, 3, alpha, beta)
            low, high = search.table[position, 3]
            found.append((low <= exact <= high, low == high, math.isinf(low), math.isinf(high)))
    return found


@task(9, "improves a bound and keeps the other", needs=[4, 5, 7])
def both_bounds(code, rng):
    game = code.ConnectN(3, 4, 3)
    position = played(game, rng, 2, 5)
    exact = code.AlphaBeta(game, evaluate=scaled).search(position, 3)
    search = code.WithTable(game, evaluate=scaled)
    search.table[position, 3] = exact - 0.5, math.inf
    search.search(position, 3, exact + 0.1, exact + 0.2)
    low, high = search.table[position, 3]
    return float(low), math.isinf(high)


# Tree search


class Nim:
    """Take one to three stones in turn; the player who takes the last one wins.

    A position is the number of stones. The player to move can win unless it is a multiple of four.
    """

    actions = 4  # action 0 is never legal

    def __init__(self, start=12):
        self.start = start

    def moves(self, position):
        return [action for action in (1, 2, 3) if action <= position]

    def play(self, position, action):
        assert 1 <= action <= min(3, position)
        return position - action

    def outcome(self, position):
        return None if position else -1

    def after(self, moves):
        return self.start - sum(moves)


def statistics(rng, actions):
    visits = rng.integers(1, 30, size=actions).astype(float)
    return visits, visits * rng.uniform(-1, 1, size=actions)


@task(10, "adds the mean outcome and the bonus of UCB1", keeps_arguments=True)
def upper_bound(code, rng):
    visits, total = statistics(rng, int(rng.integers(2, 8)))
    return code.ucb(visits, total), code.ucb(visits, total, c=0.5)


@task(10, "scores an action without visits infinitely high in `ucb`", keeps_arguments=True)
def untried(code, rng):
    visits, total = statistics(rng, 4)
    visits[2] = total[2] = 0
    return code.ucb(visits, total), code.ucb(np.zeros(3), np.zeros(3))


@task(10, "adds the mean outcome and the bonus of PUCT", keeps_arguments=True)
def prior_bonus(code, rng):
    visits, total = statistics(rng, int(rng.integers(2, 8)))
    prior = rng.dirichlet(np.ones(len(visits)))
    return code.puct(prior, visits, total, 0.3), code.puct(prior, visits, total, 0.3, c=0.7)


@task(10, "gives an untried action the value of the position in `puct`", keeps_arguments=True)
def untried_prior(code, rng):
    visits, total = statistics(rng, 4)
    visits[1] = total[1] = 0
    prior, value = rng.dirichlet(np.ones(4)), float(rng.uniform(-1, 1))
    return code.puct(prior, visits, total, value), code.puct(prior, 0 * visits, 0 * total, value)


@task(11, "returns the outcome of a finished game at once", needs=[4])
def finished(code, rng):
    game = code.TicTacToe()
    won, full = [0, 3, 1, 4, 2], [0, 1, 2, 4, 3, 5, 7, 6, 8]
    return [int(code.rollout(game, game.after(moves), rng)) for moves in (won, full)]


@task(11, "sees the outcome from the side of the player to move where it began", needs=[4])
def forced(code, rng):
    game = code.TicTacToe()
    # One or two moves are left, and all games end the same way.
    lines = (
        [0, 1, 2, 4, 3, 5, 7, 6],
        [0, 3, 1, 5, 4, 2, 6, 7],
        [0, 8, 1, 7, 3, 2, 4],
        [0, 2, 1, 3, 4, 6, 5],  # O cannot stop both 7 and 8
    )
    found = []
    for moves in lines:
        outcomes = {int(code.rollout(game, game.after(moves), rng)) for _ in range(30)}
        found.append(sorted(outcomes))
    return found


def expected_outcome(game, position):
    """The mean outcome of a random game, for the player to move."""
    outcome = game.outcome(position)
    if outcome is not None:
        return outcome
    after = [game.play(position, move) for move in game.moves(position)]
    return -sum(expected_outcome(game, each) for each in after) / len(after)


@task(11, "plays each legal move equally often", needs=[4])
def fair_games(code, rng):
    game, found = code.TicTacToe(), []
    for _ in range(2):
        position = played(game, rng, 4, 6)
        outcomes = [code.rollout(game, position, rng) for _ in range(200)]
        off = np.mean(outcomes) - expected_outcome(game, position)
        found.append(bool(abs(off) < 0.35))
    return found


@task(11, "leaves the moves to the generator", needs=[4])
def rolled_by_generator(code, rng):
    game = code.TicTacToe()
    return decided_by(lambda rng: [code.rollout(game, game.start, rng) for _ in range(40)], rng)


def grown(code, rng, game, depth):
    """A complete tree with random statistics, and the nodes of one random path in it."""
    root = code.Node(game, game.start)
    fill(code, rng, game, root, depth)
    return root


def fill(code, rng, game, node, depth):
    node.visits[node.legal] = rng.integers(1, 20, size=len(node.legal))
    node.total = node.visits * rng.uniform(-1, 1, size=len(node.visits))
    if depth:
        for action in node.legal:
            node.children[action] = code.Node(game, game.play(node.position, action))
            fill(code, rng, game, node.children[action], depth - 1)
    else:
        node.visits[:] = node.total[:] = 0


def below(node):
    """All nodes of a tree, with their statistics, in an order of their own."""
    rows = [(node.visits.copy(), node.total.copy())]
    for action in sorted(node.children):
        rows += below(node.children[action])
    return rows


@task(11, "counts the outcome with the sign of the player to move at each node")
def counted(code, rng):
    game = Nim()
    root = grown(code, rng, game, 2)
    for length in (1, 2, 3):
        path, node = [], root
        for _ in range(length):
            action = int(rng.choice(node.legal))
            path.append((node, action))
            node = node.children.get(action)
        code.backup(path, float(rng.choice([-1, 1])))
    return below(root)


@task(11, "changes nothing for an empty path, and counts a draw as a visit")
def empty_path(code, rng):
    game = Nim()
    root = grown(code, rng, game, 1)
    code.backup([], 1)
    before = below(root)
    code.backup([(root, 1), (root.children[1], 0)], 0)
    return before, below(root)


@task(12, "follows the largest score to a node with an untried action", needs=[10])
def walk(code, rng):
    game = Nim()
    found = []
    for c in (0.0, 0.2, 0.4, 0.6, 1.0, 2.0, 4.0, 20.0, 20.0, 20.0):
        root = grown(code, rng, game, 2)
        path, leaf = code.select(root, c)
        found.append(([int(action) for _, action in path], leaf.position))
        node = root
        for step, action in path:
            found.append(step is node)
            node = node.children[action]
        found.append(leaf is node)
    return found


@task(12, "stops at the root while one of its actions is untried", needs=[10])
def stays(code, rng):
    game = Nim()
    root = grown(code, rng, game, 1)
    action = int(rng.integers(1, 4))
    del root.children[action]
    root.visits[action] = root.total[action] = 0
    path, leaf = code.select(root)
    return len(path), leaf is root


@task(12, "takes legal actions only, and ends where the game is over", needs=[4, 10])
def to_the_end(code, rng):
    game = code.TicTacToe()
    position = game.after([3, 0, 4, 8])  # 5 wins for the player to move
    root = code.Node(game, position)
    for action in root.legal:
        root.children[action] = code.Node(game, game.play(position, action))
        root.visits[action], root.total[action] = 5, (5 if action == 5 else -5)
    path, leaf = code.select(root)
    return [int(action) for _, action in path], leaf.outcome


@task(12, "adds one child after an untried legal action", needs=[4])
def added(code, rng):
    game = code.TicTacToe()
    position = game.after(rng.permutation(9)[:3].tolist())
    node = code.Node(game, position)
    found = []
    for _ in range(len(node.legal)):
        action = int(code.expand(game, node, rng))
        child = node.children.get(action)
        right = child is not None and child.position == game.play(position, action)
        fresh = right and float(child.visits.sum()) == 0
        found.append((action in node.legal, right, len(node.children), fresh))
    return found, float(node.visits.sum())


@task(12, "draws the untried actions equally often", needs=[4])
def drawn_evenly(code, rng):
    game = code.TicTacToe()
    counts = np.zeros(9)
    for _ in range(450):
        node = code.Node(game, game.after([4, 0]))
        node.children[8] = code.Node(game, game.after([4, 0, 8]))
        counts[code.expand(game, node, rng)] += 1
    return counts[[4, 0, 8]], bool(counts[[1, 2, 3, 5, 6, 7]].min() > 35)


@task(12, "leaves the choice to the generator", needs=[4])
def expanded_by_generator(code, rng):
    game = code.TicTacToe()

    def draw(rng):
        node = code.Node(game, game.start)
        return [int(code.expand(game, node, rng)) for _ in range(9)]

    return decided_by(draw, rng)


def size(node):
    return 1 + sum(map(size, node.children.values()))


@task(13, "adds one node for each simulation, and counts each of them", needs=[4, 10, 11, 12])
def grows(code, rng):
    game = Nim(40)
    root = code.Node(game, game.start)
    n = int(rng.integers(20, 40))
    code.uct(game, root, n, rng)
    inner = [
        float(node.visits.sum()) == float(parent.visits[action]) - 1
        for parent in [root, *root.children.values()]
        for action, node in parent.children.items()
        if node.outcome is None
    ]
    return float(root.visits.sum()), size(root) <= n + 1, all(inner)


@task(13, "counts a finished game again and again without a new node", needs=[4, 10, 11, 12])
def finished_again(code, rng):
    game = code.TicTacToe()
    root = code.Node(game, game.after([0, 1, 2, 4, 3, 5, 7, 6]))  # one cell is left
    code.uct(game, root, 25, rng)
    return root.visits, root.total, size(root)


@task(13, "backs up what random games say for the player to move", needs=[4, 10, 11, 12])
def believes_rollouts(code, rng):
    game = code.TicTacToe()
    root = code.Node(game, game.after([0, 3, 1, 8, 5]))  # two of each: O has to stop 2
    code.uct(game, root, 150, rng)
    q = root.total[root.legal] / root.visits[root.legal]
    return root.legal[int(q.argmax())], bool(np.abs(q).max() <= 1)


@task(13, "wins at once where it can, stops a win, and finds a plan", needs=[4, 10, 11, 12])
def tactics(code, rng):
    game, found = code.TicTacToe(), []
    for moves in ([0, 3, 1, 8], [0, 3, 1]):  # 2 wins, and 2 stops a win
        found.append(int(code.uct(game, code.Node(game, game.after(moves)), 250, rng)))
    stones = int(rng.integers(5, 8))
    nim = Nim(stones)
    return found, int(code.uct(nim, code.Node(nim, stones), 200, rng)), stones


@task(13, "answers with most visits, not with the largest mean", needs=[4, 10, 11, 12])
def by_visits(code, rng):
    game, found = Nim(), []
    # Visits, mean, sum and UCB1 score each prefer a pair of actions of their own.
    for visits, total in ((9, 50, 50), (9, 10, 10)), ((2, 40, 50), (0, 30, 20)):
        root = grown(code, rng, game, 1)
        root.visits[1:], root.total[1:] = visits, total
        found.append(int(code.uct(game, root, 0, rng)))
    return found


@task(13, "plays on from the new node", needs=[4, 10, 11, 12])
def plays_on(code, rng):
    class Decided(Nim):
        """The first move decides: after a 2 the mover has lost, and else the other player."""

        def outcome(self, position):
            return {11: -1, 10: 1, 9: -1}.get(position)

    game = Decided()
    roots = [code.Node(game, game.start) for _ in range(20)]
    for root in roots:
        code.uct(game, root, 3, rng)
    return [root.total[1:] for root in roots]


@task(13, "uses the constant c", needs=[4, 10, 11, 12])
def constant(code, rng):
    game, found = code.TicTacToe(), []
    for c in (0.0, 1000.0):
        root = code.Node(game, game.after([0, 3, 1, 4, 8, 6]))  # 2 wins at once
        code.uct(game, root, 90, rng, c)
        found.append((bool(root.visits.max() > 80), bool(np.ptp(root.visits[root.legal]) <= 1)))
    return found


@task(13, "goes on with a tree that has grown before", needs=[4, 10, 11, 12])
def goes_on(code, rng):
    game = code.TicTacToe()
    root = code.Node(game, game.start)
    code.uct(game, root, 30, rng)
    code.uct(game, root, 20, rng)
    return float(root.visits.sum())


@task(13, "leaves all choices to the generator", needs=[4, 10, 11, 12])
def searched_by_generator(code, rng):
    game = code.TicTacToe()

    def draw(rng):
        root = code.Node(game, game.start)
        code.uct(game, root, 30, rng)
        return root.visits, root.total

    return decided_by(draw, rng)


@task(13, "leaves the rollouts to the generator", needs=[4, 10, 11, 12])
def rollouts_by_generator(code, rng):
    class Forced(Nim):
        """The first move is forced, so that only the rollout can differ."""

        def moves(self, position):
            return [1] if position == self.start else super().moves(position)

    game = Forced()

    def draw(rng):
        roots = [code.Node(game, game.start) for _ in range(20)]
        for root in roots:
            code.uct(game, root, 1, rng)
        return [float(root.total[1]) for root in roots]

    return decided_by(draw, rng)


@task(14, "keeps the tree below the action that was played")
def kept_tree(code, rng):
    game = Nim()
    root = grown(code, rng, game, 3)
    before, action = below(root), int(rng.integers(1, 4))
    after = code.advance(game, root, action)
    return after is root.children[action], below(after), len(below(root)) == len(before)


@task(14, "starts a new tree where nothing was searched")
def new_tree(code, rng):
    game = Nim()
    root = code.Node(game, game.start)
    after = code.advance(game, root, int(rng.integers(1, 4)))
    return after.position, float(after.visits.sum()), size(after)


def random_shared(code, rng, depth):
    node = code.Shared(float(rng.choice([-1, 0, 1])))
    if depth:
        for _ in range(int(rng.integers(1, 4))):
            node.edges.append((random_shared(code, rng, depth - 1), int(rng.integers(1, 9))))
    return node


@task(14, "weighs each child by its visits, with the sign changed, and the first rollout once")
def shared_value(code, rng):
    node = random_shared(code, rng, 3)
    return float(code.graph_value(node)), float(code.graph_value(code.Shared(1.0)))


@task(14, "takes what a shared child is worth now, whichever parent found it out")
def transposed(code, rng):
    child = code.Shared(1.0)
    parents = [code.Shared(0.0, [(child, n)]) for n in (1, 4)]
    before = [float(code.graph_value(each)) for each in parents]
    child.edges.append((code.Shared(1.0), 7))
    return before, [float(code.graph_value(each)) for each in parents]


# Who is stronger?


@task(15, "finds the ends of Wilson's interval")
def interval(code, rng):
    games = int(rng.integers(5, 200))
    points = float(rng.integers(0, 2 * games + 1)) / 2
    low, high = code.wilson(points, games)
    return float(low), float(high), [float(each) for each in code.wilson(points, games, z=1.0)]


@task(15, "stays between 0 and 1, and is not sure after ten wins of ten")
def never_sure(code, rng):
    return [[float(each) for each in code.wilson(points, 10)] for points in (0, 10)]


@task(15, "plays each opening twice, and lets both players begin once")
def both_colours(code, rng):
    game, seen = Nim(), []

    def player(name):
        return lambda position, rng: seen.append((name, position)) or 1

    points = code.match(game, player("first"), player("second"), [[1], [1, 2], []], rng)
    return float(points), sorted(seen)


@task(15, "gives the points to the right player")
def who_won(code, rng):
    game = Nim(int(rng.integers(9, 20)))
    openings = [[1], [1, 2], [3, 1, 1]]

    def better(position, rng):
        return position % 4 or 1

    def worse(position, rng):
        return 1

    pairs = (better, worse), (worse, better)
    return [float(code.match(game, one, other, openings, rng)) for one, other in pairs]


@task(15, "counts half a point for a draw", needs=[4])
def drawn_games(code, rng):
    game = code.TicTacToe()
    drawn = [0, 1, 2, 4, 3, 5, 7, 6, 8]

    def one(position, rng):
        return drawn[position.mask.bit_count()]

    def other(position, rng):
        return one(position, rng)

    return float(code.match(game, one, other, [drawn[:2], drawn[:5], []], rng))


@task(15, "hands its generator to the players", needs=[4])
def handed_over(code, rng):
    game, ids = code.TicTacToe(), []

    def player(position, generator):
        ids.append(generator is rng)
        return game.moves(position)[0]

    code.match(game, player, player, [[]], rng)
    return all(ids), len(ids)
