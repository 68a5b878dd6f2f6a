# right: layer by layer, in a list
def agz_parameters(blocks, filters=256, planes=17, board=19, hidden=256):
    points = board**2
    conv = [(3, planes, filters)] + [(3, filters, filters)] * (2 * blocks)
    conv += [(1, filters, 2), (1, filters, 1)]
    linear = [(2 * points, points + 1), (points, hidden), (hidden, 1)]
    total = sum(k * k * i * o + 3 * o for k, i, o in conv)
    return total + sum(i * o + o for i, o in linear)


# wrong: without the biases of the convolutions
def agz_parameters(blocks, filters=256, planes=17, board=19, hidden=256):
    points = board**2
    conv = [(3, planes, filters)] + [(3, filters, filters)] * (2 * blocks)
    conv += [(1, filters, 2), (1, filters, 1)]
    linear = [(2 * points, points + 1), (points, hidden), (hidden, 1)]
    total = sum(k * k * i * o + 2 * o for k, i, o in conv)
    return total + sum(i * o + o for i, o in linear)


# wrong: one convolution in each block
# named: agz_parameters-1
def agz_parameters(blocks, filters=256, planes=17, board=19, hidden=256):
    points = board**2
    conv = [(3, planes, filters)] + [(3, filters, filters)] * blocks
    conv += [(1, filters, 2), (1, filters, 1)]
    linear = [(2 * points, points + 1), (points, hidden), (hidden, 1)]
    total = sum(k * k * i * o + 3 * o for k, i, o in conv)
    return total + sum(i * o + o for i, o in linear)


# right: one minus the rest
def gate_odds(p, games=400, threshold=0.55):
    below = 0.0
    for k in range(games + 1):
        if k / games <= threshold:
            below += math.comb(games, k) * p**k * (1 - p) ** (games - k)
    return 1.0 - below


# wrong: the normal approximation
def gate_odds(p, games=400, threshold=0.55):
    sd = math.sqrt(p * (1 - p) / games) + 1e-12
    return 0.5 * math.erfc((threshold - p) / sd / math.sqrt(2))


# wrong: at least the threshold
# named: gate_odds-1
def gate_odds(p, games=400, threshold=0.55):
    return float(
        sum(
            math.comb(games, k) * p**k * (1 - p) ** (games - k)
            for k in range(games + 1)
            if k >= threshold * games
        )
    )


# right: by the lower end and the upper end
def gate(points, games, threshold=0.55):
    low, high = wilson(points, games)
    return bool(points > threshold * games), low, high


# wrong: only when the interval is above the threshold
# named: gate-3
def gate(points, games, threshold=0.55):
    low, high = wilson(points, games)
    return low > threshold, low, high


# right: scores of the illegal ones are overwritten
def puct_select(prior, visits, total, legal, untried, c=1.5):
    q = np.divide(total, visits, out=np.broadcast_to(untried, visits.shape) * 1.0, where=visits > 0)
    parent = 1 + np.sum(visits, axis=-1)[..., None]
    score = q + c * prior * parent**0.5 / (visits + 1)
    score[~legal] = -1e9
    return np.argmax(score, axis=-1)


# wrong: the printed formula, without the 1
# named: puct_select-2
def puct_select(prior, visits, total, legal, untried, c=1.5):
    q = np.where(visits == 0, untried, total / np.maximum(visits, 1))
    u = c * prior * np.sqrt(np.sum(visits, axis=-1, keepdims=True)) / (1 + visits)
    return np.argmax(np.where(legal, q + u, -1e9), axis=-1)


# wrong: untried actions count as 0
# named: puct_select-4
def puct_select(prior, visits, total, legal, untried, c=1.5):
    q = total / np.maximum(1, visits)
    u = c * prior * np.sqrt(1 + np.sum(visits, axis=-1, keepdims=True)) / (1 + visits)
    return np.argmax(np.where(legal, q + u, -1e9), axis=-1)


# wrong: an illegal action has a score of 0
# named: puct_select-5
def puct_select(prior, visits, total, legal, untried, c=1.5):
    q = np.where(visits > 0, total / np.maximum(1, visits), untried)
    u = c * prior * np.sqrt(1 + np.sum(visits, axis=-1, keepdims=True)) / (1 + visits)
    return np.argmax(np.where(legal, q + u, 0), axis=-1)


# right: row by row
def masked_policy(logits, legal):
    policy = np.zeros(logits.shape)
    for row in range(len(logits)):
        x = logits[row][legal[row]]
        if len(x) == 0:
            raise ValueError("no legal move")
        e = np.exp(x - max(x))
        policy[row, legal[row]] = e / e.sum()
    return policy


# wrong: the softmax of all, then masked and normalised, overflows
def masked_policy(logits, legal):
    if (legal.sum(axis=-1) == 0).any():
        raise ValueError("no legal move")
    e = np.exp(logits) * legal
    return e / e.sum(axis=-1, keepdims=True)


# wrong: masked but not normalised again
# named: masked_policy-8
def masked_policy(logits, legal):
    if (legal.sum(axis=-1) == 0).any():
        raise ValueError("no legal move")
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return legal * e / e.sum(axis=-1, keepdims=True)


# wrong: uniform where nothing is legal
# named: masked_policy-1
def masked_policy(logits, legal):
    x = np.where(legal, logits, -np.inf)
    e = np.where(legal, np.exp(x - x.max(axis=-1, keepdims=True)), 0)
    return e / e.sum(axis=-1, keepdims=True)


# right: with a mask of those that are over
def expand(game, positions, evaluate):
    B, A = len(positions), game.actions
    outcomes = [game.outcome(p) for p in positions]
    going = [i for i in range(B) if outcomes[i] is None]
    legal, prior, value = np.zeros((B, A), bool), np.zeros((B, A)), np.zeros(B)
    for i in range(B):
        if i in going:
            for move in game.moves(positions[i]):
                legal[i, move] = True
        else:
            value[i] = outcomes[i]
    if len(going) > 0:
        logits, v = evaluate([positions[i] for i in going])
        for row, i in enumerate(going):
            value[i] = v[row]
            prior[i] = masked_policy(logits[row : row + 1], legal[i : i + 1])[0]
    return legal, prior, value


# wrong: one call for each position
# named: expand-4
def expand(game, positions, evaluate):
    B, A = len(positions), game.actions
    legal, prior, value = np.zeros((B, A), bool), np.zeros((B, A)), np.zeros(B)
    for i, p in enumerate(positions):
        outcome = game.outcome(p)
        if outcome is None:
            legal[i, game.moves(p)] = True
            logits, v = evaluate([p])
            prior[i], value[i] = masked_policy(logits, legal[i : i + 1])[0], v[0]
        else:
            value[i] = outcome
    return legal, prior, value


# wrong: the outcome for the player who has just moved
# named: expand-1
def expand(game, positions, evaluate):
    B, A = len(positions), game.actions
    legal, prior, value = np.zeros((B, A), bool), np.zeros((B, A)), np.zeros(B)
    going = [i for i, p in enumerate(positions) if game.outcome(p) is None]
    for i, p in enumerate(positions):
        if i in going:
            legal[i, game.moves(p)] = True
        else:
            value[i] = -game.outcome(p)
    if going:
        logits, value[going] = evaluate([positions[i] for i in going])
        prior[going] = masked_policy(logits, legal[going])
    return legal, prior, value


# right: game by game
def backup(visits, total, path, value):
    for game in range(len(value)):
        v = value[game]
        for games, nodes, actions in path[::-1]:
            for g, n, a in zip(games, nodes, actions, strict=True):
                if g == game:
                    v = -v
                    visits[g, n, a] += 1
                    total[g, n, a] += v


# right: by the length of each walk
def backup(visits, total, path, value):
    length = np.zeros(len(value), int)
    for games, _, _ in path:
        length[games] += 1
    for depth, (games, nodes, actions) in enumerate(path):
        visits[games, nodes, actions] += 1
        total[games, nodes, actions] += value[games] * (-1.0) ** (length[games] - depth)


# wrong: one sign for each depth of the longest walk
# named: backup-3
def backup(visits, total, path, value):
    v = -value
    for games, nodes, actions in reversed(path):
        visits[games, nodes, actions] += 1
        total[games, nodes, actions] += v[games]
        v = -v


# wrong: no change of sign
# named: backup-1
def backup(visits, total, path, value):
    for games, nodes, actions in path:
        visits[games, nodes, actions] += 1
        total[games, nodes, actions] += value[games]


# right: by logarithms
def visit_policy(visits, temperature):
    if temperature == 0:
        top = (visits == visits.max(axis=-1, keepdims=True)) * 1.0
        return top / top.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        x = np.log(visits) / temperature
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# wrong: the power overflows
# named: visit_policy-1
def visit_policy(visits, temperature):
    if temperature == 0:
        top = (visits == visits.max(axis=-1, keepdims=True)) * 1.0
        return top / top.sum(axis=-1, keepdims=True)
    w = np.asarray(visits, float) ** (1 / temperature)
    return w / w.sum(axis=-1, keepdims=True)


# wrong: the temperature is the power
# named: visit_policy-2
def visit_policy(visits, temperature):
    w = (visits / visits.max(axis=-1, keepdims=True)) ** temperature
    if temperature == 0:
        w = (visits == visits.max(axis=-1, keepdims=True)) * 1.0
    return w / w.sum(axis=-1, keepdims=True)


# wrong: the first of the most visited takes all at 0
# named: visit_policy-5
def visit_policy(visits, temperature):
    if temperature == 0:
        best = np.argmax(visits, axis=-1)
        return np.eye(visits.shape[-1])[best]
    w = (visits / visits.max(axis=-1, keepdims=True)) ** (1 / temperature)
    return w / w.sum(axis=-1, keepdims=True)


# right: gamma variates, normalised
def root_noise(prior, legal, alpha, fraction, rng):
    g = rng.gamma(alpha, size=prior.shape) * legal
    return prior + fraction * (g / g.sum(axis=1, keepdims=True) - prior)


# wrong: over all actions
# named: root_noise-1
def root_noise(prior, legal, alpha, fraction, rng):
    noise = rng.dirichlet([alpha] * prior.shape[1], size=len(prior))
    return (1 - fraction) * prior + fraction * noise


# wrong: one draw for all rows
def root_noise(prior, legal, alpha, fraction, rng):
    g = rng.gamma(alpha, size=prior.shape[1]) * legal
    return (1 - fraction) * prior + fraction * g / g.sum(axis=1, keepdims=True)


# wrong: NumPy's global generator
# named: root_noise-6
def root_noise(prior, legal, alpha, fraction, rng):
    noisy = (1 - fraction) * prior
    for row in range(len(prior)):
        n = int(legal[row].sum())
        noisy[row, legal[row]] += fraction * np.random.dirichlet([alpha] * n)
    return noisy


# right: a recursive walk
def search(game, position, evaluate, simulations, c=1.5, root=None):
    if root is None:
        root = Node(game, position, evaluate)

    def walk(node):
        if not node.legal.any():
            return node.value
        a = int(puct_select(node.prior, node.visits, node.total, node.legal, node.value, c))
        if a in node.children:
            v = -walk(node.children[a])
        else:
            node.children[a] = Node(game, game.play(node.position, a), evaluate)
            v = -node.children[a].value
        node.visits[a] += 1
        node.total[a] += v
        return v

    for _ in range(simulations):
        walk(root)
    return root


# wrong: recursive, and the sign is lost
# named: search-1
def search(game, position, evaluate, simulations, c=1.5, root=None):
    if root is None:
        root = Node(game, position, evaluate)

    def walk(node):
        if not node.legal.any():
            return node.value
        a = int(puct_select(node.prior, node.visits, node.total, node.legal, node.value, c))
        if a in node.children:
            v = walk(node.children[a])
        else:
            node.children[a] = Node(game, game.play(node.position, a), evaluate)
            v = node.children[a].value
        node.visits[a] += 1
        node.total[a] += v
        return v

    for _ in range(simulations):
        walk(root)
    return root


# wrong: a new tree every time
# named: search-4
def search(game, position, evaluate, simulations, c=1.5, root=None):
    root = Node(game, position, evaluate)
    for _ in range(simulations):
        node, path = root, []
        while node.legal.any():
            a = int(puct_select(node.prior, node.visits, node.total, node.legal, node.value, c))
            path.append((node, a))
            if a not in node.children:
                node.children[a] = node = Node(game, game.play(node.position, a), evaluate)
                break
            node = node.children[a]
        v = node.value
        while path:
            node, a = path.pop()
            v = -v
            node.visits[a] += 1
            node.total[a] += v
    return root


# right: dictionaries of nodes, and one call for the leaves
def batched_search(game, positions, evaluate, simulations, c=1.5, at_root=None):
    legal, prior, value = expand(game, positions, evaluate)
    if at_root is not None:
        prior = at_root(prior, legal)
    A = game.actions

    def node(position, legal, prior, value):
        return dict(p=position, l=legal, P=prior, v=value, N=np.zeros(A), W=np.zeros(A), k={})

    roots = [node(p, legal[i], prior[i], value[i]) for i, p in enumerate(positions)]
    for _ in range(simulations):
        paths, leaves = [], []
        for root in roots:
            at, path, leaf = root, [], None
            while at["l"].any():
                a = int(puct_select(at["P"], at["N"], at["W"], at["l"], at["v"], c))
                path.append((at, a))
                if a not in at["k"]:
                    leaf = (at, a, game.play(at["p"], a))
                    break
                at = at["k"][a]
            paths.append((path, at))
            leaves.append(leaf)
        new = [leaf for leaf in leaves if leaf is not None]
        if new:
            found = expand(game, [leaf[2] for leaf in new], evaluate)
            for (above, a, p), L, P, v in zip(new, *found, strict=True):
                above["k"][a] = node(p, L, P, v)
        for (path, at), leaf in zip(paths, leaves, strict=True):
            v = at["v"] if leaf is None else leaf[0]["k"][leaf[1]]["v"]
            for above, a in reversed(path):
                v = -v
                above["N"][a] += 1
                above["W"][a] += v
    return np.array([r["N"] for r in roots]), np.array([r["W"] for r in roots])


# wrong: one search after the other
def batched_search(game, positions, evaluate, simulations, c=1.5, at_root=None):
    roots = []
    for position in positions:
        root = Node(game, position, evaluate)
        if at_root:
            root.prior = at_root(root.prior[None], root.legal[None])[0]
        roots.append(search(game, position, evaluate, simulations, c, root))
    return np.array([r.visits for r in roots]), np.array([r.total for r in roots])


# right: row by row
def completed_q(prior, value, visits, total):
    out = np.zeros(prior.shape)
    for i in range(len(prior)):
        on = visits[i] > 0
        q = total[i][on] / visits[i][on]
        n = visits[i].sum()
        v = value[i]
        if n > 0:
            v = (value[i] + n * np.average(q, weights=prior[i][on])) / (1 + n)
        out[i] = v
        out[i][on] = q
    return out


# wrong: the network's value for the untried
# named: completed_q-1
def completed_q(prior, value, visits, total):
    return np.where(visits > 0, total / np.maximum(visits, 1), np.asarray(value)[:, None])


# wrong: zero for the untried
# named: completed_q-2
def completed_q(prior, value, visits, total):
    return total / np.maximum(visits, 1)


# right: with logarithms
def improved_policy(prior, value, visits, total, c_visit=50, c_scale=0.1):
    q = completed_q(prior, value, visits, total)
    scale = (c_visit + np.max(visits, axis=1)) * c_scale
    with np.errstate(divide="ignore"):
        x = np.log(prior) + scale[:, None] * q
    x -= x.max(axis=1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


# wrong: softmax of sigma alone
# named: improved_policy-2
def improved_policy(prior, value, visits, total, c_visit=50, c_scale=0.1):
    q = completed_q(prior, value, visits, total)
    x = (c_visit + visits.max(axis=1, keepdims=True)) * c_scale * q
    x = np.where(prior > 0, x, -np.inf)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# right: with a count for the round
def halving(considered, simulations):
    if considered <= 1:
        return [k for k in range(simulations)]
    phases = int(np.ceil(np.log2(considered)))
    out, m, seen = [], considered, 0
    while True:
        for _ in range(max(simulations // (phases * m), 1)):
            for _ in range(m):
                if len(out) == simulations:
                    return out
                out.append(seen)
            seen += 1
        m = max(m // 2, 2)


# wrong: down to one action
# named: halving-1
def halving(considered, simulations):
    if considered <= 1:
        return [k for k in range(simulations)]
    phases = int(np.ceil(np.log2(considered)))
    out, m, seen = [], considered, 0
    while len(out) < simulations:
        for _ in range(max(simulations // (phases * m), 1)):
            out += [seen] * m
            seen += 1
        m = max(m // 2, 1)
    return out[:simulations]


# wrong: the same number of rounds in each phase
# named: halving-4
def halving(considered, simulations):
    if considered <= 1:
        return [k for k in range(simulations)]
    out, m, seen = [], considered, 0
    while len(out) < simulations:
        out += [seen] * m
        seen += 1
        m = max(m // 2, 2)
    return out[:simulations]


# right: asserts one after the other, with messages, and two positions
def test_signs(backup, expand):
    visits, total = np.zeros((2, 3, 4)), np.zeros((2, 3, 4))
    root = np.array([0, 1]), np.array([0, 0]), np.array([3, 2])
    below = np.array([0]), np.array([1]), np.array([1])
    backup(visits, total, [root, below], np.array([1.0, -1]))
    assert total[0, 1, 1] == -1, "one step above its leaf"
    assert total[0, 0, 3] == 1, "two steps above its leaf"
    assert total[1, 0, 2] == 1, "one step, in the other game"
    assert visits.sum() == 3
    game = TicTacToe()

    def network(positions):
        return np.zeros((len(positions), 9)), np.full(len(positions), 0.3)

    legal, prior, value = expand(game, [game.start, game.after([0, 3, 1, 4, 2])], network)
    np.testing.assert_allclose(value, [0.3, -1])
    assert prior[1].sum() == 0 and not legal[1].any()


# right: walks of three and two steps, raises by itself, and a game in which O has won
def test_signs(backup, expand):
    one = np.array([0])
    visits, total = np.zeros((2, 2, 3, 1))
    path = [(np.array([0, 1]), np.array([k, k]), np.array([0, 0])) for k in range(2)]
    path.append((one, np.array([2]), one))
    backup(visits, total, path, np.array([0.25, 0.5]))
    if not np.array_equal(total[:, :, 0], [[-0.25, 0.25, -0.25], [0.5, -0.5, 0]]):
        raise AssertionError(total)
    game = TicTacToe()
    assert expand(game, [game.after([3, 0, 4, 1, 8, 2])], None)[2][0] < 0


# right: compares with a backup of its own
def test_signs(backup, expand):
    rng = np.random.default_rng(3)
    path = [
        (np.array([0, 1, 2]), np.zeros(3, int), rng.integers(2, size=3)),
        (np.array([0, 2]), np.array([1, 1]), rng.integers(2, size=2)),
        (np.array([2]), np.array([3]), rng.integers(2, size=1)),
    ]
    value, mine, theirs = rng.normal(size=3), np.zeros((3, 4, 2)), np.zeros((3, 4, 2))
    for b, v in enumerate(value):
        for games, nodes, actions in path[::-1]:
            for g, n, a in zip(games, nodes, actions, strict=True):
                if g == b:
                    v = -v
                    mine[b, n, a] += v
    backup(np.zeros((3, 4, 2)), theirs, path, value)
    assert np.allclose(mine, theirs)
    game = TicTacToe()
    ends = [game.after(moves) for moves in ([0, 3, 1, 4, 2], [0, 1, 2, 4, 3, 5, 7, 6, 8])]
    assert [float(v) for v in expand(game, ends, lambda p: 1 / 0)[2]] == [-1, 0]


# wrong: one game, so that no walk is shorter
# named: test_signs-2
def test_signs(backup, expand):
    visits, total = np.zeros((2, 1, 2, 2))
    zero = np.array([0])
    backup(visits, total, [(zero, zero, zero), (zero, zero + 1, zero + 1)], np.array([0.5]))
    assert total[0, 0, 0] == 0.5 and total[0, 1, 1] == -0.5
    game = TicTacToe()
    assert expand(game, [game.after([0, 3, 1, 4, 2])], None)[2][0] == -1


# wrong: a game of two steps, and its root only
# named: test_signs-3
def test_signs(backup, expand):
    visits, total = np.zeros((2, 1, 2, 2))
    zero = np.array([0])
    backup(visits, total, [(zero, zero, zero), (zero, zero + 1, zero + 1)], np.array([0.5]))
    assert total[0, 0].tolist() == [0.5, 0.0]
    game = TicTacToe()
    assert expand(game, [game.after([0, 3, 1, 4, 2])], None)[2][0] == -1


# wrong: only the shapes
# named: test_signs-6
def test_signs(backup, expand):
    visits, total = np.zeros((2, 1, 2, 2))
    zero = np.array([0])
    backup(visits, total, [(zero, zero, zero)], np.array([0.5]))
    assert total.shape == (1, 2, 2)
    game = TicTacToe()
    assert expand(game, [game.after([0, 3, 1, 4, 2])], None)[2].shape == (1,)


# wrong: returns whether all is right
# named: test_signs-6
def test_signs(backup, expand):
    visits, total = np.zeros((2, 1, 2, 2))
    zero = np.array([0])
    backup(visits, total, [(zero, zero, zero)], np.array([0.5]))
    game = TicTacToe()
    value = expand(game, [game.after([0, 3, 1, 4, 2])], None)[2]
    return bool(total[0, 0, 0] == -0.5 and value[0] == -1)


# wrong: expects a win where the player to move has lost
# named: test_signs-5
def test_signs(backup, expand):
    visits, total = np.zeros((2, 2, 2, 2))
    path = [(np.arange(2), np.zeros(2, int), np.zeros(2, int)), (np.array([1]),) * 3]
    backup(visits, total, path, np.array([0.5, 0.5]))
    assert total[0, 0, 0] == -0.5 and total[1, 0, 0] == 0.5 and total[1, 1, 1] == -0.5
    game = TicTacToe()
    assert expand(game, [game.after([0, 3, 1, 4, 2])], None)[2][0] == 1


# wrong: the signs of a backup that changes them too late
def test_signs(backup, expand):
    visits, total = np.zeros((2, 2, 2, 2))
    path = [(np.arange(2), np.zeros(2, int), np.zeros(2, int)), (np.array([1]),) * 3]
    backup(visits, total, path, np.array([0.5, 0.5]))
    assert total[0, 0, 0] == 0.5 and total[1, 0, 0] == -0.5 and total[1, 1, 1] == 0.5
    game = TicTacToe()
    assert expand(game, [game.after([0, 3, 1, 4, 2])], None)[2][0] == -1


# wrong: a drawn game only
# named: test_signs-4
def test_signs(backup, expand):
    visits, total = np.zeros((2, 2, 2, 2))
    path = [(np.arange(2), np.zeros(2, int), np.zeros(2, int)), (np.array([1]),) * 3]
    backup(visits, total, path, np.array([0.5, 0.5]))
    assert total[0, 0, 0] == -0.5 and total[1, 0, 0] == 0.5 and total[1, 1, 1] == -0.5
    game = TicTacToe()
    assert expand(game, [game.after([0, 1, 2, 4, 3, 5, 7, 6, 8])], None)[2][0] == 0


# right: many rows, and an illegal move that is tempting in each
def test_masks(masked_policy, puct_select):
    rng = np.random.default_rng(0)
    legal = np.tile([True, False, True, True], (20, 1))
    logits = rng.normal(size=(20, 4))
    logits[:, 1] += 10
    policy = masked_policy(logits, legal)
    assert (policy[:, 1] == 0).all() and np.allclose(policy.sum(axis=1), 1)
    visits = np.tile([30.0, 0, 30, 30], (20, 1))
    chosen = puct_select(policy, visits, -0.95 * visits, legal, np.full((20, 1), 0.9))
    assert legal[np.arange(20), chosen].all()


# right: np.testing, and the illegal action tried with success
def test_masks(masked_policy, puct_select):
    legal = np.array([[False, True, True]])
    policy = masked_policy(np.array([[9.0, 0.0, np.log(3)]]), legal)
    np.testing.assert_allclose(policy, [[0, 0.25, 0.75]], atol=1e-12)
    action = puct_select(
        np.array([0.0, 0.5, 0.5]), np.full(3, 100.0), np.array([99.0, -90, -95]), legal[0], 0.0
    )
    assert action == 1, action


# wrong: no policy
# named: test_masks-3
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior, visits = np.array([0.5, 0, 0.5]), np.array([90.0, 0, 90])
    assert puct_select(prior, visits, -visits, legal, 1.0) in (0, 2)


# wrong: the legal actions look good
# named: test_masks-4
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[0.0, 5.0, 0.0]]), legal[None])
    assert np.abs(prior - [[0.5, 0, 0.5]]).max() < 1e-9
    visits = np.array([9.0, 0, 9])
    assert puct_select(prior[0], visits, 0.9 * visits, legal, 0.0) != 1


# wrong: rounds the policy
# named: test_masks-1
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[1.0, 3.0, 1.0]]), legal[None])
    assert list(np.round(prior[0], 2)) == [0.5, 0, 0.5]
    visits = np.array([90.0, 0, 90])
    assert puct_select(prior[0], visits, -visits, legal, 1.0) in (0, 2)


# wrong: only the illegal probability
# named: test_masks-2
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[1.0, 3.0, 1.0]]), legal[None])
    assert prior[0][1] == 0
    visits = np.array([90.0, 0, 90])
    assert puct_select(np.array([0.5, 0, 0.5]), visits, -visits, legal, 1.0) in (0, 2)


# wrong: the illegal action looks worst
# named: test_masks-5
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[1.0, 3.0, 1.0]]), legal[None])
    assert np.allclose(prior, [[0.5, 0, 0.5]])
    visits = np.array([90.0, 0, 90])
    assert puct_select(prior[0], visits, -0.5 * visits, legal, -1.0) in (0, 2)


# wrong: prints what is wrong
# named: test_masks-7
def test_masks(masked_policy, puct_select):
    legal = np.array([True, False, True])
    prior = masked_policy(np.array([[1.0, 3.0, 1.0]]), legal[None])
    if not np.allclose(prior, [[0.5, 0, 0.5]]):
        print("the policy is wrong")
    visits = np.array([90.0, 0, 90])
    if puct_select(prior[0], visits, -visits, legal, 1.0) == 1:
        print("the choice is wrong")


# right: without memory
def policy_value(game, position, first, second, known):
    end = game.outcome(position)
    if end is not None:
        known[position] = float(end)
    if position not in known:
        p = first(position)
        v = 0.0
        for a in range(len(p)):
            if p[a] > 0:
                v -= p[a] * policy_value(game, game.play(position, a), second, first, known)
        known[position] = v
    return known[position]


# wrong: the same policy for both
# named: policy_value-1
def policy_value(game, position, first, second, known):
    if position in known:
        return known[position]
    end = game.outcome(position)
    if end is None:
        p = first(position)
        end = sum(
            -p[a] * policy_value(game, game.play(position, a), first, second, known)
            for a in np.flatnonzero(p)
        )
    known[position] = float(end)
    return known[position]


# wrong: no change of sign
# named: policy_value-2
def policy_value(game, position, first, second, known):
    if position in known:
        return known[position]
    end = game.outcome(position)
    if end is None:
        p = first(position)
        end = sum(
            p[a] * policy_value(game, game.play(position, a), second, first, known)
            for a in np.flatnonzero(p)
        )
    known[position] = float(end)
    return known[position]


# right: Newton's method on alpha
def regularised_policy(prior, q, lam):
    keep = prior > 0
    p, v = prior[keep], q[keep]
    alpha = (v + lam * p).max()
    for _ in range(100):
        y = lam * p / (alpha - v)
        alpha += (y.sum() - 1) / (y / (alpha - v)).sum()
    out = np.zeros(len(prior))
    out[keep] = lam * p / (alpha - v)
    return out / out.sum()


# wrong: the other divergence
# named: regularised_policy-2
def regularised_policy(prior, q, lam):
    y = prior * np.exp((q - q[prior > 0].max()) / lam)
    return y / y.sum()


# right: strings of bits
def planes(game, positions):
    x = np.zeros((len(positions), 2, game.rows, game.columns))
    for b, (own, mask) in enumerate(positions):
        for side, stones in enumerate((own, mask ^ own)):
            for c in range(game.columns):
                for r in range(game.rows):
                    if stones & (1 << (c * (game.rows + 1) + r)):
                        x[b, side, game.rows - 1 - r, c] = 1
    return x


# wrong: upside down
# named: planes-3
def planes(game, positions):
    x = np.zeros((len(positions), 2, game.rows, game.columns))
    for b, (own, mask) in enumerate(positions):
        for side, stones in enumerate((own, mask ^ own)):
            for c in range(game.columns):
                for r in range(game.rows):
                    if stones & (1 << (c * (game.rows + 1) + r)):
                        x[b, side, r, c] = 1
    return x


# wrong: both players' stones in the second plane
# named: planes-2
def planes(game, positions):
    x = np.zeros((len(positions), 2, game.rows, game.columns))
    for b, position in enumerate(positions):
        for side, stones in enumerate(position):
            for c in range(game.columns):
                for r in range(game.rows):
                    if stones & (1 << (c * (game.rows + 1) + r)):
                        x[b, side, game.rows - 1 - r, c] = 1
    return x


# right: with transposes
def square_symmetries(size):
    b = np.arange(size**2).reshape(size, size)
    forms = [b, b[::-1], b[:, ::-1], b[::-1, ::-1]]
    forms += [f.T for f in forms]
    return np.stack([f.flatten() for f in forms])


# wrong: only rotations
# named: square_symmetries-1
def square_symmetries(size):
    b = np.arange(size**2).reshape(size, size)
    return np.stack([np.rot90(b, k).flatten() for k in range(8)])


# right: by indexing
def turn(x, policy, cells, actions):
    rows = np.arange(len(x))[:, None]
    flat = x.reshape(len(x), 2, -1).transpose(0, 2, 1)
    new = flat[rows, cells].transpose(0, 2, 1)
    return new.reshape(x.shape), policy[rows, actions]


# wrong: the board alone
# named: turn-2
def turn(x, policy, cells, actions):
    rows = np.arange(len(x))[:, None]
    flat = x.reshape(len(x), 2, -1).transpose(0, 2, 1)
    return flat[rows, cells].transpose(0, 2, 1).reshape(x.shape), policy


# right: the loss as an einsum
def az_loss(logits, value, policy, outcome):
    top = logits.max(axis=1)
    log_z = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    log_p = logits - log_z[:, None]
    B = len(logits)
    loss = -np.einsum("ba,ba->", policy, log_p) / B
    square = np.mean((outcome - value) ** 2)
    return float(loss), float(square), (np.exp(log_p) - policy) / B, -2 * (outcome - value) / B


# wrong: gradients of sums
def az_loss(logits, value, policy, outcome):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -(policy * np.log(np.maximum(p, 1e-300))).sum(axis=1).mean()
    square = ((value - outcome) ** 2).mean()
    return float(loss), float(square), p - policy, 2 * (value - outcome)


# wrong: half the gradient of the value
# named: az_loss-3
def az_loss(logits, value, policy, outcome):
    top = logits.max(axis=1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    B = len(logits)
    loss = -(policy * log_p).sum() / B
    square = ((value - outcome) ** 2).mean()
    return float(loss), float(square), (np.exp(log_p) - policy) / B, (value - outcome) / B


# wrong: the mean over the actions too
# named: az_loss-5
def az_loss(logits, value, policy, outcome):
    top = logits.max(axis=1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    B = len(logits)
    loss = -np.mean(policy * log_p)
    square = ((value - outcome) ** 2).mean()
    return float(loss), float(square), (np.exp(log_p) - policy) / B, 2 * (value - outcome) / B


# right: a power of -1
def outcomes(final, left):
    return final * (-1.0) ** left


# wrong: the other parity
# named: outcomes-1
def outcomes(final, left):
    return final * (-1.0) ** (left + 1)


# right: list of games, drawn by hand
def self_play(game, evaluate, starts, simulations, rng, drawn=30):
    states = [dict(at=s, log=[], over=False) for s in starts]
    t = 0
    while not all(s["over"] for s in states):
        on = [s for s in states if not s["over"]]
        noise = lambda P, L: root_noise(P, L, 1.0, 0.25, rng)
        N, _ = batched_search(game, [s["at"] for s in on], evaluate, simulations, at_root=noise)
        for s, n in zip(on, N, strict=True):
            pi = n / n.sum()
            a = int(np.searchsorted(np.cumsum(pi), rng.random(), "right")) if t < drawn else 0
            if t >= drawn or a >= len(pi):
                a = int(np.argmax(n))
            s["log"].append((s["at"], pi))
            s["at"] = game.play(s["at"], a)
            s["over"] = game.outcome(s["at"]) is not None
        t += 1
    out = []
    for s in states:
        z, samples = float(game.outcome(s["at"])), []
        for position, pi in reversed(s["log"]):
            z = -z
            samples.insert(0, Sample(position, pi, z))
        out.append(samples)
    return out


# wrong: the outcome of the last player for all positions
# named: self_play-8
def self_play(game, evaluate, starts, simulations, rng, drawn=30):
    states = [dict(at=s, log=[], over=False) for s in starts]
    t = 0
    while not all(s["over"] for s in states):
        on = [s for s in states if not s["over"]]
        noise = lambda P, L: root_noise(P, L, 1.0, 0.25, rng)
        N, _ = batched_search(game, [s["at"] for s in on], evaluate, simulations, at_root=noise)
        for s, n in zip(on, N, strict=True):
            pi = n / n.sum()
            a = int(rng.choice(len(pi), p=pi)) if t < drawn else int(np.argmax(n))
            s["log"].append((s["at"], pi))
            s["at"] = game.play(s["at"], a)
            s["over"] = game.outcome(s["at"]) is not None
        t += 1
    return [[Sample(p, pi, -float(game.outcome(s["at"]))) for p, pi in s["log"]] for s in states]


# wrong: all moves are the most visited ones
# named: self_play-2
def self_play(game, evaluate, starts, simulations, rng, drawn=30):
    states = [dict(at=s, log=[], over=False) for s in starts]
    while not all(s["over"] for s in states):
        on = [s for s in states if not s["over"]]
        noise = lambda P, L: root_noise(P, L, 1.0, 0.25, rng)
        N, _ = batched_search(game, [s["at"] for s in on], evaluate, simulations, at_root=noise)
        for s, n in zip(on, N, strict=True):
            s["log"].append((s["at"], n / n.sum()))
            s["at"] = game.play(s["at"], int(np.argmax(n)))
            s["over"] = game.outcome(s["at"]) is not None
    out = []
    for s in states:
        z, samples = float(game.outcome(s["at"])), []
        for position, pi in reversed(s["log"]):
            z = -z
            samples.insert(0, Sample(position, pi, z))
        out.append(samples)
    return out


# right: by expected points, with a line search of one half
def elo(points):
    K = len(points)
    n = points + points.T
    theta = np.zeros(K)
    for _ in range(500):
        e = 1 / (1 + np.exp(-(theta[:, None] - theta[None, :])))
        g = (points - n * e).sum(1)
        w = n * e * (1 - e)
        H = np.diag(w.sum(1)) - w
        d = np.linalg.solve(H[1:, 1:], g[1:])
        if np.max(np.abs(d)) < 1e-13:
            break
        theta[1:] += d * min(1.0, 1.0 / np.max(np.abs(d)))
    err = np.r_[0.0, np.sqrt(np.diagonal(np.linalg.inv(H[1:, 1:])))]
    k = 400 / np.log(10)
    return k * (theta - theta[0]), k * err


# wrong: on the scale of the natural logarithm
# named: elo-1
def elo(points):
    K = len(points)
    n = points + points.T
    theta = np.zeros(K)
    for _ in range(500):
        e = 1 / (1 + np.exp(-(theta[:, None] - theta[None, :])))
        g = (points - n * e).sum(1)
        w = n * e * (1 - e)
        H = np.diag(w.sum(1)) - w
        d = np.linalg.solve(H[1:, 1:], g[1:])
        theta[1:] += d * min(1.0, 1.0 / np.max(np.abs(d)))
    err = np.r_[0.0, np.sqrt(np.diagonal(np.linalg.inv(H[1:, 1:])))]
    return 400 * theta, 400 * err


# wrong: each error by itself
# named: elo-3
def elo(points):
    K = len(points)
    n = points + points.T
    theta = np.zeros(K)
    for _ in range(100):
        e = 1 / (1 + np.exp(-(theta[:, None] - theta[None, :])))
        g = (points - n * e).sum(1)
        w = n * e * (1 - e)
        H = np.diag(w.sum(1)) - w
        d = np.linalg.solve(H[1:, 1:], g[1:])
        theta[1:] += d * min(1.0, 1.0 / max(np.max(np.abs(d)), 1e-15))
    err = np.r_[0.0, 1 / np.sqrt(np.diagonal(H)[1:])]
    k = 400 / np.log(10)
    return k * theta, k * err


# right: a deque
class Window:
    def __init__(self, games):
        self.kept = []
        self.games = games

    def __len__(self):
        return sum([len(g) for g in self.kept])

    def add(self, game):
        self.kept.append(game)
        while len(self.kept) > self.games:
            self.kept.pop(0)

    def sample(self, count, rng):
        flat = sum([list(g) for g in self.kept], [])
        return [flat[rng.integers(len(flat))] for _ in range(count)]


# wrong: a game first, then one of its samples
# named: Window.sample-1
class Window:
    def __init__(self, games):
        self.kept = []
        self.games = games

    def __len__(self):
        return sum([len(g) for g in self.kept])

    def add(self, game):
        self.kept.append(game)
        while len(self.kept) > self.games:
            self.kept.pop(0)

    def sample(self, count, rng):
        out = []
        for _ in range(count):
            g = self.kept[rng.integers(len(self.kept))]
            out.append(g[rng.integers(len(g))])
        return out


# wrong: keeps everything
# named: Window.add-2
class Window:
    def __init__(self, games):
        self.kept = []

    def __len__(self):
        return sum([len(g) for g in self.kept])

    def add(self, game):
        self.kept.append(game)

    def sample(self, count, rng):
        flat = sum([list(g) for g in self.kept], [])
        return [flat[rng.integers(len(flat))] for _ in range(count)]
