"""Planning with a model: Dyna, minimax, alpha-beta and Monte Carlo tree search.

The first part plans in a maze, the second one plays board games. A position of a game is seen by
the player to move, and so is every value: 1 is a win for that player, -1 a loss, 0 a draw. After a
move the other player is to move, so the sign of a value changes from one position to the next.
Write plain NumPy and `math`; `undergrad check mcts` runs it.
"""

import math
from typing import NamedTuple

import numpy as np

# Planning in a maze: given


class Step(NamedTuple):
    """What one action led to."""

    state: int
    action: int
    reward: float
    next_state: int
    terminated: bool


class Maze:
    """A maze: `S` is the start, `G` the goal, `#` a wall. Actions 0 to 3: up, right, down, left.

    States are cells, numbered row by row. A step against a wall or the edge leaves the state as it
    is. Reaching the goal earns 1 and ends the episode; everything else earns 0.
    later, change_at: another layout, which is used from step number `change_at` on.
    """

    moves = ((-1, 0), (0, 1), (1, 0), (0, -1))

    def __init__(self, layout, later=None, change_at=0):
        self.layout, self.later, self.change_at, self.taken = layout, later, change_at, 0
        self.columns = len(layout[0])
        self.states = len(layout) * self.columns
        self.start = "".join(layout).index("S")

    def step(self, state, action):
        """What one step led to, as a Step."""
        self.taken += 1
        if self.later and self.taken >= self.change_at:
            self.layout = self.later
        row, column = divmod(state, self.columns)
        down, right = self.moves[action]
        to_row, to_column = row + down, column + right
        inside = 0 <= to_row < len(self.layout) and 0 <= to_column < self.columns
        if inside and self.layout[to_row][to_column] != "#":
            row, column = to_row, to_column
        goal = self.layout[row][column] == "G"
        return Step(state, action, float(goal), row * self.columns + column, goal)


# Figure 8.2 of the book; its shortest way has 14 steps.
DYNA_MAZE = (".......#G", "..#....#.", "S.#....#.", "..#......", ".....#...", ".........")


def td_error(q, step, gamma):
    """How far q[state, action] is from what a step says, with the best next action.

    Returns: error, float
    """
    rest = 0.0 if step.terminated else gamma * q[step.next_state].max()
    return step.reward + rest - q[step.state, step.action]


def explore(q_of_state, epsilon, rng):
    """Any action with probability epsilon, else one of the best.

    Returns: action, int
    """
    best = np.flatnonzero(q_of_state == q_of_state.max())
    return int(rng.integers(len(q_of_state)) if rng.random() < epsilon else rng.choice(best))


# Planning in a maze: yours


def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    """Update q from remembered steps: `count` times one of all that were tried, drawn evenly.

    q: action values (S, A), changed in place.
    model: a dict; model[state, action] is (step, when), the latest Step from there and its time.
    now: the time.   kappa: the reward of a remembered step counts as kappa * sqrt(now - when)
    larger than it was.
    """
    # TODO 1: which steps are drawn, and what is added to each reward?
    known = list(model.values())
    for number in rng.integers(len(known), size=count):
        step, when = known[number]
        bonus = kappa * math.sqrt(now - when)
        error = td_error(q, step._replace(reward=step.reward + bonus), gamma)
        q[step.state, step.action] += lr * error


def dyna_q(env, episodes, rng, planner, lr=0.1, gamma=0.95, epsilon=0.1):
    """Q-learning that plans after every real step.

    env: like Maze: `states`, `start` and `step`, with four actions.
    planner: called as planner(q, model, step, now) after each real step, when q and the model have
    learned from it; the model is the one of `plan`, and `now` counts real steps from 1.
    Actions are chosen by `explore`.
    Returns: q (S, 4), lengths, list of int; the number of real steps of each episode
    """
    # TODO 2: what happens, and in which order, in one real step?
    q, model, lengths, now = np.zeros((env.states, 4)), {}, [], 0
    for _ in range(episodes):
        state, terminated, began = env.start, False, now
        while not terminated:
            step = env.step(state, explore(q[state], epsilon, rng))
            now += 1
            q[state, step.action] += lr * td_error(q, step, gamma)
            model[state, step.action] = step, now
            planner(q, model, step, now)
            state, terminated = step.next_state, step.terminated
        lengths.append(now - began)
    return q, lengths


def enqueue(q, model, queue, state, gamma=0.95, theta=1e-4):
    """Put every remembered step that leads to `state` into the queue.

    Its priority is the size of its TD error; a step whose error is theta or less is left out.
    model: as in `plan`; `when` does not matter here.
    queue: a dict; queue[state, action] is a priority. Changed in place.
    """
    # TODO 3: for which steps does the value of `state` matter?
    for step, _ in model.values():
        if step.next_state == state:
            priority = abs(td_error(q, step, gamma))
            if priority > theta:
                queue[step.state, step.action] = priority


def sweep(q, model, queue, count, lr=1.0, gamma=0.95, theta=1e-4):
    """Update q where it is most wrong: at most `count` times the pair with the largest priority.

    That pair leaves the queue, its value is updated from the model, and the steps that lead to its
    state enter the queue.
    q: (S, A), changed in place.   model, queue: as in `enqueue`; the queue is changed in place.
    """
    # TODO 3: which pair comes first, and what follows from its update?
    while queue and count > 0:
        state, action = max(queue, key=queue.get)
        del queue[state, action]
        q[state, action] += lr * td_error(q, model[state, action][0], gamma)
        enqueue(q, model, queue, state, gamma, theta)
        count -= 1


def uniform(count, rng, lr=0.1):
    """A planner for `dyna_q`: `count` remembered steps, drawn evenly.

    Returns: planner
    """
    return lambda q, model, step, now: plan(q, model, count, now, rng, lr)


def curious(count, rng, kappa, lr=0.1, untried=True):
    """A planner for `dyna_q`: the same with a bonus for what was not tried for long (Dyna-Q+).

    untried: in every state that was seen, also plan with actions that were never taken, as if they
    led nowhere and had last been taken at time 0.
    Returns: planner
    """

    def planner(q, model, step, now):
        for action in range(q.shape[1] if untried else 0):
            nowhere = Step(step.next_state, action, 0.0, step.next_state, False)
            if not step.terminated:
                model.setdefault((step.next_state, action), (nowhere, 0))
        plan(q, model, count, now, rng, lr, kappa=kappa)

    return planner


def prioritised(count, lr=1.0):
    """A planner for `dyna_q`: at most `count` updates where the values are most wrong.

    Returns: planner
    """
    queue = {}

    def planner(q, model, step, now):
        enqueue(q, model, queue, step.state)
        sweep(q, model, queue, count, lr)

    return planner


# Board games


class Position(NamedTuple):
    """Two bitboards: whole numbers in which each bit is a cell."""

    own: int  # the stones of the player to move
    mask: int  # the stones of both


def has_line(stones, n, steps):
    """Whether n stones stand in a line.

    stones: a bitboard of one player.   steps: by how many bits neighbours are apart, one number
    for each direction.
    Returns: line, bool
    """
    # TODO 4: which bits are left of `stones & (stones >> step)`?
    for step in steps:
        run = stones
        for k in range(1, n):
            run &= stones >> k * step
        if run:
            return True
    return False


class Game:
    """What board games share: a board of rows x columns on which n stones in a line win.

    Each column has one bit more than it has rows, counted from the bottom, and this bit stays
    empty: on a board with three rows, the columns are the bits 0 to 2, 4 to 6, 8 to 10.
    """

    def __init__(self, rows, columns, n):
        self.rows, self.columns, self.n = rows, columns, n
        self.steps = (1, rows, rows + 1, rows + 2)  # up; right and down; right; right and up
        self.start = Position(0, 0)

    def outcome(self, position):
        """The value of a finished game for the player who would be to move; else None."""
        if has_line(position.own ^ position.mask, self.n, self.steps):
            return -1
        return None if self.moves(position) else 0

    def after(self, moves):
        """The position after some moves from the empty board."""
        position = self.start
        for move in moves:
            position = self.play(position, move)
        return position

    def text(self, position):
        """The board as text; X has made the first move."""
        first = position.own if position.mask.bit_count() % 2 == 0 else position.own ^ position.mask
        bits = [
            [1 << column * (self.rows + 1) + row for column in range(self.columns)]
            for row in reversed(range(self.rows))
        ]
        return "\n".join(
            " ".join("X" if first & bit else "O" if position.mask & bit else "." for bit in row)
            for row in bits
        )


class TicTacToe(Game):
    """Actions 0 to 8 are the cells, row by row from the top left."""

    actions = 9
    bits = tuple(1 << 4 * column + row for row in (2, 1, 0) for column in range(3))

    def __init__(self):
        super().__init__(3, 3, 3)

    def moves(self, position):
        """The legal actions of a position without a line, from left to right."""
        return [action for action, bit in enumerate(self.bits) if not position.mask & bit]

    def play(self, position, action):
        """The position after a legal action, seen by the other player."""
        return Position(position.own ^ position.mask, position.mask | self.bits[action])


class ConnectN(Game):
    """Connect Four and its relatives: action c drops a stone into column c, from the left."""

    def __init__(self, rows=6, columns=7, n=4):
        super().__init__(rows, columns, n)
        self.actions = columns

    def moves(self, position):
        """A list of the columns that are not full, from left to right; nobody has a line."""
        # TODO 5: which bit shows that a column is full?
        tops = [1 << c * (self.rows + 1) + self.rows - 1 for c in range(self.columns)]
        return [column for column, top in enumerate(tops) if not position.mask & top]

    def play(self, position, action):
        """The Position after a legal action, seen by the other player."""
        # TODO 5: which bit does the stone set, and whose stones are `own` afterwards?
        bottom = 1 << action * (self.rows + 1)
        return Position(position.own ^ position.mask, position.mask | (position.mask + bottom))


# Exact search


def negamax(game, position, known):
    """The value of a position with best play on both sides, for the player to move.

    known: a dict, which is empty at first; afterwards it holds the value of every position that
    can be reached from this one, itself included.
    Returns: value, int
    """
    # TODO 6: what is a finished game worth, and what any other position?
    if position not in known:
        value = game.outcome(position)
        if value is None:
            after = [game.play(position, move) for move in game.moves(position)]
            value = max(-negamax(game, each, known) for each in after)
        known[position] = value
    return known[position]


def central(game, position):
    """A guess of the value, between -1 and 1: who has more stones in the middle column.

    Returns: value, float
    """
    middle = (1 << game.rows) - 1 << game.columns // 2 * (game.rows + 1)
    own, both = ((stones & middle).bit_count() for stones in position)
    return (2 * own - both) / (game.rows + 1)


class AlphaBeta:
    """Minimax to a fixed depth with alpha-beta.

    order: from a list of moves to the same moves in the order in which they are tried.
    evaluate: called as evaluate(game, position) where the depth is used up; a number between -1
    and 1 for the player to move.   nodes: how many positions were searched.
    """

    def __init__(self, game, order=list, evaluate=central):
        self.game, self.order, self.evaluate, self.nodes = game, order, evaluate, 0

    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        """The value of a position for the player to move, `depth` moves ahead.

        alpha: what the player to move has elsewhere already.   beta: what the other player will
        not exceed, having something better elsewhere.
        A value between alpha and beta is exact. If it is at most alpha, the true one is at most as
        large; if it is at least beta, the true one is at least as large.
        self.nodes counts this position and all that are searched below it.
        """
        # TODO 7: with which bounds is a child searched, and when does no other child matter?
        self.nodes += 1
        outcome = self.game.outcome(position)
        if outcome is not None or depth == 0:
            return self.evaluate(self.game, position) if outcome is None else outcome
        best = -math.inf
        for move in self.order(self.game.moves(position)):
            after = self.game.play(position, move)
            best = max(best, -self.search(after, depth - 1, -beta, -alpha))
            alpha = max(alpha, best)
            if alpha >= beta:
                break
        return best

    def move(self, position, depth):
        """The best move by a search `depth` moves ahead; of equal ones, the first in the order."""
        moves = self.order(self.game.moves(position))
        values = [-self.search(self.game.play(position, move), depth - 1) for move in moves]
        return moves[values.index(max(values))]


def fewest_leaves(moves, depth):
    """The smallest number of leaves that alpha-beta has to look at in a complete tree.

    moves: how many each position has.   depth: how many moves ahead it looks.
    This is the number when the best move is always tried first.
    Returns: leaves, int
    """
    # TODO 8: which positions need all of their moves, and which only one?
    return moves ** (depth // 2) + moves ** (depth - depth // 2) - 1


class WithTable(AlphaBeta):
    """The same with a transposition table, which keeps what is known of each position and depth.

    table: a dict; table[position, depth] is (low, high): the value is at least low and at most
    high.
    """

    def __init__(self, game, order=list, evaluate=central):
        super().__init__(game, order, evaluate)
        self.table = {}

    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        """The same as AlphaBeta.search, which does the work where the table does not suffice."""
        # TODO 9: when do the bounds suffice, and which of them does a new value improve?
        low, high = self.table.get((position, depth), (-math.inf, math.inf))
        if low >= beta or low == high:
            return low
        if high <= alpha:
            return high
        value = super().search(position, depth, alpha, beta)
        if value < beta:
            high = value
        if value > alpha:
            low = value
        self.table[position, depth] = low, high
        return value


# Tree search

EXPLORATION = math.sqrt(2)  # the constant c of UCB1, for outcomes from -1 to 1


def ucb(visits, total, c=EXPLORATION):
    """The UCB1 score of each action; inf for an action without visits.

    visits: N (A,), how often each action was tried.   total: (A,), the sum of its outcomes.
    Returns: scores (A,)
    """
    # TODO 10: which two terms has the score?
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = total / visits + c * np.sqrt(np.log(visits.sum()) / visits)
    return np.where(visits > 0, scores, np.inf)


def puct(prior, visits, total, value, c=1.5):
    """The PUCT score of each action.

    prior: P (A,), how promising each action looked before it was tried.   visits, total: (A,), as
    in `ucb`.   value: that of the position itself; an action without visits counts as good as that.
    The position has one visit more than its actions have together.
    Returns: scores (A,)
    """
    # TODO 10: what is the mean of an action without visits, and how large is its second term?
    q = np.where(visits > 0, total / np.maximum(visits, 1), value)
    return q + c * prior * math.sqrt(1 + visits.sum()) / (1 + visits)


class Node:
    """A position in the tree.

    outcome: of a finished game, else None.   legal: a list of its actions, empty where the game is
    over.   visits, total: (A,), one number for each action of the game, legal or not: how often it
    was tried, and the sum of the outcomes for the player to move here.
    children: a dict; children[action] is the Node after an action that was tried.
    """

    def __init__(self, game, position):
        self.position, self.outcome = position, game.outcome(position)
        self.legal = game.moves(position) if self.outcome is None else []
        self.visits, self.total = np.zeros(game.actions), np.zeros(game.actions)
        self.children = {}


def rollout(game, position, rng):
    """Play random legal moves to the end of the game.

    Returns: outcome, int; for the player to move at `position`
    """
    # TODO 11: how often does the player to move change before the game is over?
    sign = 1
    while (outcome := game.outcome(position)) is None:
        moves = game.moves(position)
        position = game.play(position, moves[rng.integers(len(moves))])
        sign = -sign
    return sign * outcome


def backup(path, outcome):
    """Count an outcome for every action on the path, and change nothing else.

    path: a list of (node, action), from the root on.   outcome: for the player to move in the
    position after the last action.
    """
    # TODO 11: who is to move one step earlier?
    for node, action in reversed(path):
        outcome = -outcome
        node.visits[action] += 1
        node.total[action] += outcome


def select(root, c=EXPLORATION):
    """Walk down the tree while every legal action of a node was tried, by the largest `ucb`.

    Returns: path, list, leaf; the (node, action) of each step, and the Node where the walk ends,
    which has an action without a child or is over
    """
    # TODO 12: where does the walk end, and which actions may it take?
    path, node = [], root
    while node.legal and len(node.children) == len(node.legal):
        scores = ucb(node.visits[node.legal], node.total[node.legal], c)
        action = node.legal[int(scores.argmax())]
        path.append((node, action))
        node = node.children[action]
    return path, node


def expand(game, node, rng):
    """Add one child after an action without one, drawn evenly.

    Returns: action, int
    """
    # TODO 12: which actions may be drawn?
    action = int(rng.choice([each for each in node.legal if each not in node.children]))
    node.children[action] = Node(game, game.play(node.position, action))
    return action


def uct(game, root, simulations, rng, c=EXPLORATION):
    """Monte Carlo tree search: grow the tree below root, by one node for each simulation.

    A simulation that ends in a finished game adds no node, and counts its outcome again.
    root: a Node that is not over, with or without a tree below it; changed in place.
    Returns: action, int; the legal one with most visits, of several the first
    """
    # TODO 13: which four things does a simulation do?
    for _ in range(simulations):
        path, node = select(root, c)
        if node.outcome is None:
            action = expand(game, node, rng)
            path.append((node, action))
            node = node.children[action]
        backup(path, rollout(game, node.position, rng))
    return max(root.legal, key=lambda action: root.visits[action])


def advance(game, root, action):
    """The root for the next move: the tree after `action` as it is, or a new Node.

    Returns: root
    """
    # TODO 14: which part of the tree can still be reached?
    if action in root.children:
        return root.children[action]
    return Node(game, game.play(root.position, action))


class Shared:
    """A node that several parents may share, with nothing in it that depends on the path.

    first: the outcome of its own rollout, for the player to move here.
    edges: a list of (child, visits): how often this node went to which Shared node.
    """

    def __init__(self, first, edges=()):
        self.first, self.edges = first, list(edges)


def graph_value(node):
    """The mean outcome for the player to move, with the present value of each child.

    The first rollout counts once, and each child as often as this node went there.
    Returns: value, float
    """
    # TODO 14: what is each visit to a child worth here, whichever parent found it out?
    total = node.first - sum(visits * graph_value(child) for child, visits in node.edges)
    return total / (1 + sum(visits for _, visits in node.edges))


# Who is stronger?


def wilson(points, games, z=1.96):
    """Wilson's interval for the fraction of points in the long run.

    points: how many were won, a draw being half a point.   games: how many were played.
    z: how many standard deviations; 1.96 for 95%.
    Returns: low, float, high, float
    """
    # TODO 15: which two fractions solve the quadratic equation?
    p = points / games
    centre = p + z**2 / (2 * games)
    half = z * math.sqrt(p * (1 - p) / games + z**2 / (4 * games**2))
    scale = 1 + z**2 / games
    return (centre - half) / scale, (centre + half) / scale


def match(game, first, second, openings, rng):
    """The points of the first player when each opening is played twice, with the sides changed.

    first, second: players; called as player(position, rng), they return a legal action.
    openings: a list of lists of moves, none of which ends the game.
    Returns: points, float; 1 for each win, 0.5 for each draw
    """
    # TODO 15: who is to move at first, and for whom is the outcome at the end?
    points = 0.0
    for opening in openings:
        for to_move, other in ((first, second), (second, first)):
            position = game.after(opening)
            while (outcome := game.outcome(position)) is None:
                position = game.play(position, to_move(position, rng))
                to_move, other = other, to_move
            points += (1 + outcome) / 2 if to_move is first else (1 - outcome) / 2
    return points
