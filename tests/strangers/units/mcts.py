# right: a generator expression of updates, with the error written out
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    keys = list(model)
    for _ in range(count):
        (s, a, r, s2, done), t = model[keys[int(rng.integers(0, len(keys)))]]
        target = r + kappa * (now - t) ** 0.5 + (0 if done else gamma * np.max(q[s2]))
        q[s, a] = q[s, a] + lr * (target - q[s, a])


# right: drawn with choice from the numbers
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    entries = list(model.values())
    for i in rng.choice(len(entries), size=count):
        step, t = entries[i]
        q[step.state, step.action] += lr * (td_error(q, step, gamma) + kappa * np.sqrt(now - t))


# wrong: draws once and repeats that step
# named: plan-11
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    step, t = list(model.values())[rng.integers(len(model))]
    for _ in range(count):
        error = td_error(q, step, gamma) + kappa * math.sqrt(now - t)
        q[step.state, step.action] += lr * error


# wrong: the bonus is added after lr
# named: plan-12
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    known = list(model.values())
    for i in rng.integers(len(known), size=count):
        step, when = known[i]
        q[step.state, step.action] += lr * td_error(q, step, gamma) + kappa * math.sqrt(now - when)


# wrong: a bonus that grows with the time itself
# named: plan-2
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    known = list(model.values())
    for i in rng.integers(len(known), size=count):
        step, when = known[i]
        step = step._replace(reward=step.reward + kappa * (now - when))
        q[step.state, step.action] += lr * td_error(q, step, gamma)


# wrong: no learning rate
# named: plan-4
def plan(q, model, count, now, rng, lr=0.1, gamma=0.95, kappa=0.0):
    known = list(model.values())
    for i in rng.integers(len(known), size=count):
        step, when = known[i]
        q[step.state, step.action] += td_error(q, step, gamma) + kappa * math.sqrt(now - when)


# right: a while loop over steps, and a counter in the loop
def dyna_q(env, episodes, rng, planner, lr=0.1, gamma=0.95, epsilon=0.1):
    q = np.zeros((env.states, 4))
    model = dict()
    lengths = [0] * episodes
    now = 0
    for episode in range(episodes):
        s = env.start
        while True:
            a = explore(q[s], epsilon, rng)
            step = env.step(s, a)
            now, lengths[episode] = now + 1, lengths[episode] + 1
            target = step.reward
            if not step.terminated:
                target += gamma * q[step.next_state].max()
            q[s, a] += lr * (target - q[s, a])
            model[(s, a)] = (step, now)
            planner(q, model, step, now)
            if step.terminated:
                break
            s = step.next_state
    return q, lengths


# wrong: plans only at the end of an episode
# named: dyna_q-18
def dyna_q(env, episodes, rng, planner, lr=0.1, gamma=0.95, epsilon=0.1):
    q, model, lengths, now = np.zeros((env.states, 4)), {}, [], 0
    for _ in range(episodes):
        state, done, length = env.start, False, 0
        while not done:
            step = env.step(state, explore(q[state], epsilon, rng))
            now, length = now + 1, length + 1
            q[state, step.action] += lr * td_error(q, step, gamma)
            model[state, step.action] = step, now
            state, done = step.next_state, step.terminated
        planner(q, model, step, now)
        lengths.append(length)
    return q, lengths


# wrong: the model is never filled
# named: dyna_q-19
def dyna_q(env, episodes, rng, planner, lr=0.1, gamma=0.95, epsilon=0.1):
    q, model, lengths, now = np.zeros((env.states, 4)), {}, [], 0
    for _ in range(episodes):
        state, done, length = env.start, False, 0
        while not done:
            step = env.step(state, explore(q[state], epsilon, rng))
            now, length = now + 1, length + 1
            q[state, step.action] += lr * td_error(q, step, gamma)
            planner(q, model, step, now)
            state, done = step.next_state, step.terminated
        lengths.append(length)
    return q, lengths


# wrong: time begins again in each episode
# named: dyna_q-20
def dyna_q(env, episodes, rng, planner, lr=0.1, gamma=0.95, epsilon=0.1):
    q, model, lengths = np.zeros((env.states, 4)), {}, []
    for _ in range(episodes):
        state, done, now = env.start, False, 0
        while not done:
            step = env.step(state, explore(q[state], epsilon, rng))
            now += 1
            q[state, step.action] += lr * td_error(q, step, gamma)
            model[state, step.action] = step, now
            planner(q, model, step, now)
            state, done = step.next_state, step.terminated
        lengths.append(now)
    return q, lengths


# right: collects first, then writes
def enqueue(q, model, queue, state, gamma=0.95, theta=1e-4):
    leading = [step for step, _ in model.values() if step.next_state == state]
    errors = {(s.state, s.action): abs(td_error(q, s, gamma)) for s in leading}
    queue.update({key: error for key, error in errors.items() if error > theta})


# wrong: looks at what follows the state
# named: enqueue-1
def enqueue(q, model, queue, state, gamma=0.95, theta=1e-4):
    for (s, a), (step, _) in model.items():
        error = abs(td_error(q, step, gamma))
        if s == state and error > theta:
            queue[s, a] = error


# wrong: without the absolute value
# named: enqueue-2
def enqueue(q, model, queue, state, gamma=0.95, theta=1e-4):
    for (s, a), (step, _) in model.items():
        if step.next_state == state:
            error = td_error(q, step, gamma)
            if error > theta:
                queue[s, a] = error


# right: for loop with an early end, sorted keys
def sweep(q, model, queue, count, lr=1.0, gamma=0.95, theta=1e-4):
    for _ in range(count):
        if not queue:
            return
        pair = sorted(queue, key=lambda each: -queue[each])[0]
        queue.pop(pair)
        step = model[pair][0]
        q[pair] += lr * td_error(q, step, gamma)
        enqueue(q, model, queue, pair[0], gamma, theta)


# wrong: moves the value the whole way
# named: sweep-5
def sweep(q, model, queue, count, lr=1.0, gamma=0.95, theta=1e-4):
    for _ in range(count):
        if not queue:
            return
        pair = max(queue, key=queue.get)
        queue.pop(pair)
        q[pair] += td_error(q, model[pair][0], gamma)
        enqueue(q, model, queue, pair[0], gamma, theta)


# wrong: does not remove the pair
# named: sweep-4
def sweep(q, model, queue, count, lr=1.0, gamma=0.95, theta=1e-4):
    for _ in range(count):
        if not queue:
            return
        pair = max(queue, key=queue.get)
        q[pair] += lr * td_error(q, model[pair][0], gamma)
        enqueue(q, model, queue, pair[0], gamma, theta)


# wrong: nothing enters the queue afterwards
# named: sweep-6
def sweep(q, model, queue, count, lr=1.0, gamma=0.95, theta=1e-4):
    for _ in range(min(count, len(queue))):
        pair = max(queue, key=queue.get)
        queue.pop(pair)
        q[pair] += lr * td_error(q, model[pair][0], gamma)


# right: shifted from stone to stone
def has_line(stones, n, steps):
    for step in steps:
        left = stones
        for _ in range(n - 1):
            left = stones & (left >> step)
        if left != 0:
            return True
    return False


# right: any and all over the bits
def has_line(stones, n, steps):
    bits = [bit for bit in range(stones.bit_length()) if stones >> bit & 1]
    return any(
        all(stones >> bit + k * step & 1 for k in range(n)) for step in steps for bit in bits
    )


# wrong: one stone fewer is enough
# named: has_line-2
def has_line(stones, n, steps):
    for step in steps:
        left = stones
        for k in range(1, n - 1):
            left &= stones >> (k * step)
        if left:
            return True
    return False


# wrong: lines of four only
# named: has_line-3
def has_line(stones, n, steps):
    for step in steps:
        pairs = stones & (stones >> step)
        if pairs & (pairs >> 2 * step):
            return True
    return False


# right: with a helper for the columns
class ConnectN(ConnectN):
    def moves(self, position):
        found = []
        for c in range(self.columns):
            column = ((1 << self.rows) - 1) << (c * (self.rows + 1))
            if position.mask & column != column:
                found.append(c)
        return found

    def play(self, position, action):
        row = 0
        while position.mask >> (action * (self.rows + 1) + row) & 1:
            row += 1
        bit = 1 << (action * (self.rows + 1) + row)
        return Position(position.mask ^ position.own, position.mask + bit)


# wrong: the sides are not swapped
# named: ConnectN.play-1
class ConnectN(ConnectN):
    def moves(self, position):
        top = self.rows - 1
        return [
            c for c in range(self.columns) if not position.mask >> c * (self.rows + 1) + top & 1
        ]

    def play(self, position, action):
        mask = position.mask | position.mask + (1 << action * (self.rows + 1))
        return Position(position.own, mask)


# wrong: the stone is added to own as well
# named: ConnectN.play-2
class ConnectN(ConnectN):
    def moves(self, position):
        top = self.rows - 1
        return [
            c for c in range(self.columns) if not position.mask >> c * (self.rows + 1) + top & 1
        ]

    def play(self, position, action):
        mask = position.mask | position.mask + (1 << action * (self.rows + 1))
        return Position(position.own ^ mask, mask)


# right: a loop with a running maximum
def negamax(game, position, known):
    if position in known:
        return known[position]
    best = game.outcome(position)
    if best is None:
        best = -1
        for move in game.moves(position):
            best = max(best, -negamax(game, game.play(position, move), known))
    known[position] = best
    return best


# wrong: without a change of sign
# named: negamax-1
def negamax(game, position, known):
    if position in known:
        return known[position]
    best = game.outcome(position)
    if best is None:
        best = max(negamax(game, game.play(position, m), known) for m in game.moves(position))
    known[position] = best
    return best


# wrong: takes the smallest
# named: negamax-2
def negamax(game, position, known):
    if position in known:
        return known[position]
    best = game.outcome(position)
    if best is None:
        best = min(-negamax(game, game.play(position, m), known) for m in game.moves(position))
    known[position] = best
    return best


# right: fail-hard, as in many textbooks
class AlphaBeta(AlphaBeta):
    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        self.nodes += 1
        outcome = self.game.outcome(position)
        if outcome is not None:
            return outcome
        if depth == 0:
            return self.evaluate(self.game, position)
        for move in self.order(self.game.moves(position)):
            value = -self.search(self.game.play(position, move), depth - 1, -beta, -alpha)
            if value >= beta:
                return beta
            if value > alpha:
                alpha = value
        return alpha


# wrong: the bounds are not swapped
# named: AlphaBeta.search-2
class AlphaBeta(AlphaBeta):
    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        self.nodes += 1
        outcome = self.game.outcome(position)
        if outcome is not None:
            return outcome
        if depth == 0:
            return self.evaluate(self.game, position)
        best = -math.inf
        for move in self.order(self.game.moves(position)):
            value = -self.search(self.game.play(position, move), depth - 1, -alpha, -beta)
            best = max(best, value)
            alpha = max(alpha, best)
            if alpha >= beta:
                break
        return best


# wrong: no cut-off
# named: AlphaBeta.search-7
class AlphaBeta(AlphaBeta):
    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        self.nodes += 1
        outcome = self.game.outcome(position)
        if outcome is not None:
            return outcome
        if depth == 0:
            return self.evaluate(self.game, position)
        best = -math.inf
        for move in self.order(self.game.moves(position)):
            value = -self.search(self.game.play(position, move), depth - 1, -beta, -alpha)
            best = max(best, value)
            alpha = max(alpha, best)
        return best


# right: by recursion on the two proofs
def fewest_leaves(moves, depth):
    mine = theirs = 1
    for ply in range(depth):
        if ply % 2:
            mine *= moves
        else:
            theirs *= moves
    return mine + theirs - 1


# wrong: the square root of all leaves
# named: fewest_leaves-4
def fewest_leaves(moves, depth):
    return int(math.sqrt(moves**depth))


# wrong: twice the square root
# named: fewest_leaves-1
def fewest_leaves(moves, depth):
    return 2 * moves ** (depth // 2) - 1


# right: an entry for each position and depth, with min and max
class WithTable(WithTable):
    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        key = (position, depth)
        low, high = self.table[key] if key in self.table else (-math.inf, math.inf)
        if low == high or low >= beta:
            return low
        if high <= alpha:
            return high
        value = AlphaBeta.search(self, position, depth, alpha, beta)
        if value <= alpha:
            high = value
        elif value >= beta:
            low = value
        else:
            low = high = value
        self.table[key] = (low, high)
        return value


# wrong: everything counts as exact
# named: WithTable.search-6
class WithTable(WithTable):
    def search(self, position, depth, alpha=-math.inf, beta=math.inf):
        low, high = self.table.get((position, depth), (-math.inf, math.inf))
        if low == high or low >= beta:
            return low
        if high <= alpha:
            return high
        value = super().search(position, depth, alpha, beta)
        self.table[position, depth] = value, value
        return value


# right: a loop over the actions
def ucb(visits, total, c=EXPLORATION):
    log = math.log(visits.sum()) if visits.sum() else 0.0
    scores = []
    for n, w in zip(visits, total):
        scores.append(w / n + c * math.sqrt(log / n) if n else float("inf"))
    return np.array(scores)


# right: in place on an array of inf
def ucb(visits, total, c=EXPLORATION):
    scores = np.full(len(visits), np.inf)
    tried = visits > 0
    n = visits[tried]
    scores[tried] = total[tried] / n + c * np.sqrt(np.log(np.sum(visits)) / n)
    return scores


# wrong: the logarithm to base 10
# named: ucb-8
def ucb(visits, total, c=EXPLORATION):
    with np.errstate(all="ignore"):
        scores = total / visits + c * np.sqrt(np.log10(visits.sum()) / visits)
    return np.where(visits > 0, scores, np.inf)


# wrong: no square root
# named: ucb-2
def ucb(visits, total, c=EXPLORATION):
    with np.errstate(all="ignore"):
        scores = total / visits + c * np.log(visits.sum()) / visits
    return np.where(visits > 0, scores, np.inf)


# right: the mean by np.divide
def puct(prior, visits, total, value, c=1.5):
    q = np.full(len(visits), float(value))
    np.divide(total, visits, out=q, where=visits > 0)
    return q + c * prior * np.sqrt(1 + visits.sum()) / (1 + visits)


# wrong: an untried action counts as a draw
# named: puct-5
def puct(prior, visits, total, value, c=1.5):
    q = total / np.maximum(visits, 1)
    return q + c * prior * np.sqrt(1 + visits.sum()) / (1 + visits)


# wrong: without the visit of the node
# named: puct-2
def puct(prior, visits, total, value, c=1.5):
    q = np.where(visits > 0, total / np.maximum(visits, 1), value)
    return q + c * prior * np.sqrt(visits.sum()) / (1 + visits)


# right: recursion
def rollout(game, position, rng):
    outcome = game.outcome(position)
    if outcome is not None:
        return outcome
    return -rollout(game, game.play(position, int(rng.choice(game.moves(position)))), rng)


# wrong: the outcome of the last position
# named: rollout-1
def rollout(game, position, rng):
    while game.outcome(position) is None:
        position = game.play(position, int(rng.choice(game.moves(position))))
    return game.outcome(position)


# right: signs by the distance to the end
def backup(path, outcome):
    for i, (node, action) in enumerate(path):
        node.visits[action] += 1
        node.total[action] += outcome * (-1) ** (len(path) - i)


# wrong: no sign
# named: backup-1
def backup(path, outcome):
    for node, action in path:
        node.visits[action] += 1
        node.total[action] += outcome


# wrong: the sign changes too late
# named: backup-2
def backup(path, outcome):
    for node, action in path[::-1]:
        node.visits[action] += 1
        node.total[action] += outcome
        outcome *= -1


# right: scores of all actions, with the illegal ones at -inf
def select(root, c=EXPLORATION):
    node, path = root, []
    while node.outcome is None and all(a in node.children for a in node.legal):
        scores = np.full(len(node.visits), -np.inf)
        scores[node.legal] = ucb(node.visits[node.legal], node.total[node.legal], c)
        action = int(np.argmax(scores))
        path += [(node, action)]
        node = node.children[action]
    return path, node


# wrong: illegal actions score inf
# named: select-2
def select(root, c=EXPLORATION):
    node, path = root, []
    while node.outcome is None and all(a in node.children for a in node.legal):
        action = int(np.argmax(ucb(node.visits, node.total, c)))
        path.append((node, action))
        node = node.children[action]
    return path, node


# right: shuffled first
def expand(game, node, rng):
    untried = [a for a in node.legal if a not in node.children]
    action = untried[int(rng.integers(len(untried)))]
    node.children[action] = Node(game, game.play(node.position, action))
    return action


# wrong: always the first untried action
# named: expand-3
def expand(game, node, rng):
    action = next(a for a in node.legal if a not in node.children)
    node.children[action] = Node(game, game.play(node.position, action))
    return action


# right: with a list of visits
def uct(game, root, simulations, rng, c=EXPLORATION):
    done = 0
    while done < simulations:
        path, leaf = select(root, c)
        if leaf.outcome is None:
            a = expand(game, leaf, rng)
            path.append((leaf, a))
            leaf = leaf.children[a]
            value = rollout(game, leaf.position, rng)
        else:
            value = leaf.outcome
        backup(path, value)
        done += 1
    visits = [root.visits[a] for a in root.legal]
    return root.legal[int(np.argmax(visits))]


# wrong: returns the largest mean
# named: uct-5
def uct(game, root, simulations, rng, c=EXPLORATION):
    for _ in range(simulations):
        path, leaf = select(root, c)
        if leaf.outcome is None:
            a = expand(game, leaf, rng)
            path.append((leaf, a))
            leaf = leaf.children[a]
        backup(path, rollout(game, leaf.position, rng))
    return max(root.legal, key=lambda a: root.total[a] / max(root.visits[a], 1))


# wrong: finished games are not counted again
# named: uct-1
def uct(game, root, simulations, rng, c=EXPLORATION):
    for _ in range(simulations):
        path, leaf = select(root, c)
        if leaf.outcome is not None:
            continue
        a = expand(game, leaf, rng)
        leaf_after = leaf.children[a]
        backup([*path, (leaf, a)], rollout(game, leaf_after.position, rng))
    return max(root.legal, key=lambda a: root.visits[a])


# right: with get
def advance(game, root, action):
    child = root.children.get(action)
    return child if child is not None else Node(game, game.play(root.position, action))


# wrong: always a new tree
# named: advance-1
def advance(game, root, action):
    return Node(game, game.play(root.position, action))


# right: two running sums
def graph_value(node):
    total, count = node.first, 1
    for child, n in node.edges:
        total += n * -graph_value(child)
        count += n
    return total / count


# wrong: no change of sign
# named: graph_value-1
def graph_value(node):
    total, count = node.first, 1
    for child, n in node.edges:
        total += n * graph_value(child)
        count += n
    return total / count


# wrong: the first rollout is forgotten in the count
# named: graph_value-2
def graph_value(node):
    total, count = node.first, 0
    for child, n in node.edges:
        total -= n * graph_value(child)
        count += n
    return total / max(count, 1)


# right: the roots of the quadratic equation
def wilson(points, games, z=1.96):
    p = points / games
    a, b, c = 1 + z * z / games, -(2 * p + z * z / games), p * p
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


# wrong: the simple interval
# named: wilson-5
def wilson(points, games, z=1.96):
    p = points / games
    half = z * math.sqrt(p * (1 - p) / games)
    return p - half, p + half


# wrong: not divided at the end
# named: wilson-4
def wilson(points, games, z=1.96):
    p = points / games
    half = z * math.sqrt(p * (1 - p) / games + z * z / (4 * games * games))
    return p + z * z / (2 * games) - half, p + z * z / (2 * games) + half


# right: players in a list, with a turn
def match(game, first, second, openings, rng):
    points = 0
    for opening in openings:
        for swapped in (False, True):
            players = [second, first] if swapped else [first, second]
            position, turn = game.after(opening), 0
            while game.outcome(position) is None:
                position = game.play(position, players[turn](position, rng))
                turn = 1 - turn
            value = game.outcome(position)
            mine = turn == (1 if swapped else 0)
            points += 0.5 + 0.5 * value * (1 if mine else -1)
    return float(points)


# wrong: the first player always begins
# named: match-1
def match(game, first, second, openings, rng):
    points = 0.0
    for opening in 2 * openings:
        players, position, turn = [first, second], game.after(opening), 0
        while game.outcome(position) is None:
            position = game.play(position, players[turn](position, rng))
            turn = 1 - turn
        value = game.outcome(position)
        points += (1 + value) / 2 if turn == 0 else (1 - value) / 2
    return points


# wrong: draws earn nothing
# named: match-6
def match(game, first, second, openings, rng):
    points = 0.0
    for opening in openings:
        for a, b in ((first, second), (second, first)):
            position = game.after(opening)
            mover, waiting = a, b
            while game.outcome(position) is None:
                position = game.play(position, mover(position, rng))
                mover, waiting = waiting, mover
            if game.outcome(position) == -1 and waiting is first:
                points += 1
    return points
