# right: three loops, as in Gymnasium's toy worlds
def action_values(P, R, gamma, v):
    S, A = R.shape
    q = np.zeros((S, A))
    for s in range(S):
        for a in range(A):
            q[s, a] = R[s, a]
            for s2 in range(S):
                q[s, a] += gamma * P[s, a, s2] * v[s2]
    return q


# right: tensordot
def action_values(P, R, gamma, v):
    return R + gamma * np.tensordot(P, v, axes=([2], [0]))


# right: einsum over the actions
def state_values(q, pi):
    return np.einsum("sa,sa->s", q, pi)


# right: a dot product for each state
def follow(P, R, pi):
    rows = [pi[s] @ P[s] for s in range(len(P))]
    return np.array(rows), np.array([pi[s] @ R[s] for s in range(len(P))])


# right: the system is built entry by entry
def exact_value(P, R, pi, gamma):
    P_pi, R_pi = follow(P, R, pi)
    A = -gamma * P_pi
    for s in range(len(A)):
        A[s, s] += 1
    return solve(A, R_pi)


# right: one branch for each kind
def sweep(P, R, pi, gamma, v, in_place=False):
    if not in_place:
        return state_values(action_values(P, R, gamma, v), pi)
    v = np.array(v)
    for s in range(len(v)):
        v[s] = sum(pi[s, a] * (R[s, a] + gamma * (P[s, a] * v).sum()) for a in range(R.shape[1]))
    return v


# right: counted up, from the bound on the distance
def sweeps_enough(gamma, first_change, eps):
    n = 1
    while first_change * gamma**n / (1 - gamma) > eps:
        n += 1
    return n


# right: the change begins as infinity
def policy_evaluation(P, R, pi, gamma, eps, in_place=False):
    v, count, change = np.zeros(len(P)), 0, np.inf
    while change > largest_change(gamma, eps):
        old = v
        v = sweep(P, R, pi, gamma, old, in_place)
        change = max(abs(v - old))
        count += 1
    return v, count


# right: isclose, without a relative tolerance
def best_actions(q, atol=1e-9):
    top = np.max(q, axis=1)[:, None]
    return np.isclose(q, top, rtol=0, atol=atol)


# right: state by state
def improve(pi, q):
    new = pi.copy()
    for s, row in enumerate(best_actions(q)):
        if pi[s][~row].sum() > 0:
            new[s] = 0
            new[s, np.flatnonzero(row)[0]] = 1
    return new


# right: a flag says whether the policy is stable
def policy_iteration(P, R, gamma, pi):
    stable, rounds = False, 0
    while not stable:
        v = exact_value(P, R, pi, gamma)
        rounds += 1
        new = improve(pi, action_values(P, R, gamma, v))
        stable = np.array_equal(new, pi)
        pi = new
    return pi, v, rounds


# right: a loop over the numbers of the policies
def brute_force(P, R, gamma, atol=1e-9):
    S, A = R.shape
    values = []
    for number in range(A**S):
        pi = np.zeros((S, A))
        for s in range(S):
            pi[s, number % A] = 1
            number //= A
        values.append(exact_value(P, R, pi, gamma))
    values = np.stack(values)
    top = values.max(0)
    return top, sum(1 for v in values if np.all(v >= top - atol))


# right: state by state, as in most repositories
def value_iteration(P, R, gamma, eps):
    v, k = np.zeros(len(P)), 0
    while True:
        old, delta = v.copy(), 0
        for s in range(len(P)):
            v[s] = max(R[s, a] + gamma * np.dot(P[s, a], old) for a in range(R.shape[1]))
            delta = max(delta, abs(v[s] - old[s]))
        k += 1
        if delta <= eps * (1 - gamma) / gamma:
            return v, k


# right: the two numbers first
def bounds(P, R, gamma, v):
    residual = np.max(R + gamma * (P @ v), axis=1) - v
    low, high = np.min(residual), np.max(residual)
    horizon = 1 / (1 - gamma)
    return v + horizon * low, v + horizon * high


# right: the priorities grow state by state
def prioritised_sweeping(P, R, gamma, eps):
    S = len(P)
    v = np.zeros(S)
    p = [abs(max(R[s])) for s in range(S)]
    n = S
    while max(p) > eps * (1 - gamma):
        s = p.index(max(p))
        old = v[s]
        v[s] = max(R[s] + gamma * P[s] @ v)
        n += 1
        p[s] = 0.0
        for s2 in range(S):
            p[s2] += gamma * abs(v[s] - old) * max(P[s2, :, s])
    return v, n


# right: the largest change is kept while sweeping
def updates_in_order(P, R, gamma, eps, order):
    v, n = np.zeros(len(P)), 0
    while True:
        largest = 0.0
        for s in order:
            new = np.max(R[s] + gamma * P[s].dot(v))
            largest = max(largest, abs(new - v[s]))
            v[s] = new
            n += 1
        if largest <= largest_change(gamma, eps):
            return n


# right: the stakes are limited first
def gambler(goal, p):
    P = np.zeros((goal + 1, goal // 2, goal + 1))
    R = np.zeros((goal + 1, goal // 2))
    for s in range(goal + 1):
        for a in range(goal // 2):
            if s in (0, goal):
                P[s, a, s] = 1.0
                continue
            stake = a + 1
            if stake > s:
                stake = s
            if stake > goal - s:
                stake = goal - s
            P[s, a, s + stake] += p
            P[s, a, s - stake] += 1 - p
            if s + stake == goal:
                R[s, a] = p
    return P, R


# wrong: no discount
# named: action_values-1
def action_values(P, R, gamma, v):
    return R + np.einsum("sat,t->sa", P, v)


# wrong: the whole is discounted
# named: action_values-2
def action_values(P, R, gamma, v):
    return gamma * np.add(R, P.dot(v))


# wrong: no reward
# named: action_values-3
def action_values(P, R, gamma, v):
    return gamma * P.dot(v)


# wrong: the value of the state itself
# named: action_values-4
def action_values(P, R, gamma, v):
    return R + gamma * np.repeat(v[:, None], R.shape[1], axis=1)


# wrong: the likeliest state only
# named: action_values-6
def action_values(P, R, gamma, v):
    likeliest = np.argmax(P, axis=-1)
    return R + gamma * np.take(v, likeliest)


# wrong: in place in the table
# named: action_values-7
def action_values(P, R, gamma, v):
    R += gamma * (P @ v)
    return R


# wrong: the maximum
# named: state_values-1
def state_values(q, pi):
    return np.amax(q, 1)


# wrong: all alike
# named: state_values-2
def state_values(q, pi):
    return q.sum(axis=1) / q.shape[1]


# wrong: the mean of the products
# named: state_values-3
def state_values(q, pi):
    return np.mean(pi * q, axis=1)


# wrong: uniform
# named: follow-1
def follow(P, R, pi):
    return np.mean(P, axis=1), np.sum(pi * R, axis=1)


# wrong: the likeliest action
# named: follow-2
def follow(P, R, pi):
    a = np.argmax(pi, axis=1)
    P_pi = np.stack([P[s, a[s]] for s in range(len(P))])
    return P_pi, np.sum(pi * R, axis=1)


# wrong: from where, in place of to where
# named: exact_value-2
def exact_value(P, R, pi, gamma):
    P_pi, R_pi = follow(P, R, pi)
    return solve(np.identity(len(R_pi)) - gamma * np.transpose(P_pi), R_pi)


# wrong: plus
# named: exact_value-1
def exact_value(P, R, pi, gamma):
    P_pi, R_pi = follow(P, R, pi)
    return solve(gamma * P_pi + np.eye(len(R_pi)), R_pi)


# wrong: one name for two arrays
# named: sweep-1
def sweep(P, R, pi, gamma, v, in_place=False):
    new = v
    for s in range(len(v)):
        new[s] = np.dot(pi[s], R[s] + gamma * P[s] @ v)
    return new


# wrong: never in place
# named: sweep-2
def sweep(P, R, pi, gamma, v, in_place=False):
    return (pi * (R + gamma * P @ v)).sum(axis=1)


# wrong: the maximum
# named: sweep-4
def sweep(P, R, pi, gamma, v, in_place=False):
    new = np.array(v)
    source = new if in_place else v
    for s in range(len(v)):
        new[s] = max(R[s] + gamma * P[s] @ source)
    return new


# wrong: the change is the error
# named: largest_change-1
def largest_change(gamma, eps):
    return float(eps)


# wrong: from the next sweep on
# named: largest_change-2
def largest_change(gamma, eps):
    return (1 - gamma) * eps


# wrong: the bound for policies
# named: largest_change-4
def largest_change(gamma, eps):
    return 0.5 * eps * (1 - gamma) / gamma


# wrong: the first sweep is forgotten
# named: sweeps_enough-1
def sweeps_enough(gamma, first_change, eps):
    n, change = 0, first_change
    while change > largest_change(gamma, eps):
        change *= gamma
        n += 1
    return max(1, n)


# wrong: rounded down
# named: sweeps_enough-3
def sweeps_enough(gamma, first_change, eps):
    ratio = largest_change(gamma, eps) / first_change
    return max(1, 1 + int(np.log(ratio) / np.log(gamma)))


# wrong: theta, as in the book
# named: policy_evaluation-1
def policy_evaluation(P, R, pi, gamma, eps, in_place=False):
    V, i = np.zeros(len(P)), 0
    while True:
        W = sweep(P, R, pi, gamma, V, in_place)
        i += 1
        delta = np.max(np.abs(W - V))
        V = W
        if delta <= eps:
            break
    return V, i


# wrong: in_place is lost
# named: policy_evaluation-4
def policy_evaluation(P, R, pi, gamma, eps, in_place=False):
    v, n, change = np.zeros(len(P)), 0, np.inf
    while change > largest_change(gamma, eps):
        w = sweep(P, R, pi, gamma, v)
        change, v, n = np.abs(w - v).max(), w, n + 1
    return v, n


# wrong: exactly equal
# named: best_actions-1
def best_actions(q, atol=1e-9):
    return np.equal(q, q.max(axis=1).reshape(-1, 1))


# wrong: one action
# named: best_actions-3
def best_actions(q, atol=1e-9):
    best = np.zeros(q.shape, bool)
    best[range(len(q)), q.argmax(axis=1)] = True
    return best


# wrong: the tolerance is fixed
# named: best_actions-4
def best_actions(q, atol=1e-9):
    return np.isclose(q, q.max(axis=1, keepdims=True), rtol=0, atol=1e-9)


# wrong: greedy everywhere
# named: improve-1
def improve(pi, q):
    new = np.zeros(q.shape)
    new[np.arange(len(q)), best_actions(q).argmax(axis=1)] = 1
    return new


# wrong: the coin decides among equals
# named: improve-4
def improve(pi, q):
    best = best_actions(q)
    new = pi.copy()
    for s in range(len(q)):
        if (pi[s][~best[s]] > 0).any():
            new[s] = best[s] / best[s].sum()
    return new


# wrong: one good action is enough
# named: improve-2
def improve(pi, q):
    best, new = best_actions(q), pi.copy()
    for s in range(len(q)):
        if not (pi[s][best[s]] > 0).any():
            new[s] = np.eye(q.shape[1])[best[s].argmax()]
    return new


# wrong: not counted
# named: policy_iteration-4
def policy_iteration(P, R, gamma, pi):
    rounds = 0
    while True:
        v = exact_value(P, R, pi, gamma)
        new = improve(pi, action_values(P, R, gamma, v))
        if np.array_equal(new, pi):
            return pi, v, rounds
        pi, rounds = new, rounds + 1


# wrong: once
# named: policy_iteration-3
def policy_iteration(P, R, gamma, pi):
    pi = improve(pi, action_values(P, R, gamma, exact_value(P, R, pi, gamma)))
    return pi, exact_value(P, R, pi, gamma), 2


# wrong: best in one state
# named: brute_force-4
def brute_force(P, R, gamma, atol=1e-9):
    S, A = R.shape
    values = np.array(
        [exact_value(P, R, np.eye(A)[list(c)], gamma) for c in product(range(A), repeat=S)]
    )
    top = values.max(axis=0)
    return top, int(np.any(values >= top - atol, axis=1).sum())


# wrong: to the last digit
# named: brute_force-5
def brute_force(P, R, gamma, atol=1e-9):
    S, A = R.shape
    policies = [np.eye(A)[list(c)] for c in product(range(A), repeat=S)]
    values = [exact_value(P, R, pi, gamma) for pi in policies]
    top = np.amax(values, axis=0)
    return top, sum(bool((v == top).all()) for v in values)


# wrong: theta again
# named: value_iteration-1
def value_iteration(P, R, gamma, eps):
    v, n, delta = np.zeros(len(P)), 0, np.inf
    while delta > eps:
        new = np.max(R + gamma * P @ v, axis=1)
        delta, v, n = np.max(abs(new - v)), new, n + 1
    return v, n


# wrong: only upwards
# named: value_iteration-6
def value_iteration(P, R, gamma, eps):
    v, n = np.zeros(len(P)), 0
    while True:
        new = v.copy()
        for s in range(len(v)):
            for a in range(R.shape[1]):
                new[s] = max(new[s], R[s, a] + gamma * P[s, a] @ v)
        change, v, n = abs(new - v).max(), new, n + 1
        if change <= largest_change(gamma, eps):
            return v, n


# wrong: the step before last
# named: value_iteration-5
def value_iteration(P, R, gamma, eps):
    v, n = np.zeros(len(P)), 0
    while True:
        new = action_values(P, R, gamma, v).max(axis=1)
        if np.abs(new - v).max() <= largest_change(gamma, eps):
            return new, n
        v, n = new, n + 1


# wrong: symmetric
# named: bounds-3
def bounds(P, R, gamma, v):
    far = np.max(np.abs((R + gamma * P @ v).max(axis=1) - v)) / (1 - gamma)
    return v - far, v + far


# wrong: one step only
# named: bounds-1
def bounds(P, R, gamma, v):
    d = action_values(P, R, gamma, v).max(axis=1) - v
    return v + min(d), v + max(d)


# wrong: successors
# named: prioritised_sweeping-2
def prioritised_sweeping(P, R, gamma, eps):
    v, n = np.zeros(len(P)), len(P)
    priority = np.abs(R.max(axis=1))
    while max(priority) > eps * (1 - gamma):
        s = np.argmax(priority)
        old, v[s] = v[s], max(R[s] + gamma * P[s] @ v)
        priority[s] = 0
        for after in range(len(P)):
            priority[after] += gamma * abs(v[s] - old) * P[s, :, after].max()
        n += 1
    return v, n


# wrong: the bound for values
# named: prioritised_sweeping-1
def prioritised_sweeping(P, R, gamma, eps):
    v, n = np.zeros(len(P)), len(P)
    priority = np.abs(np.amax(R, axis=1))
    while priority.max() > eps:
        s = int(np.argmax(priority))
        old, v[s] = v[s], (R[s] + gamma * P[s] @ v).max()
        priority[s] = 0
        priority = priority + gamma * abs(v[s] - old) * P[:, :, s].max(axis=1)
        n += 1
    return v, n


# wrong: sweeps
# named: updates_in_order-2
def updates_in_order(P, R, gamma, eps, order):
    v, sweeps, change = np.zeros(len(P)), 0, np.inf
    while change > largest_change(gamma, eps):
        old = np.array(v)
        for s in order:
            v[s] = max(R[s] + gamma * P[s] @ v)
        change, sweeps = abs(v - old).max(), sweeps + 1
    return sweeps


# wrong: the old values
# named: updates_in_order-1
def updates_in_order(P, R, gamma, eps, order):
    v, n, change = np.zeros(len(P)), 0, np.inf
    while change > largest_change(gamma, eps):
        old = v.copy()
        for s in order:
            v[s] = max(R[s] + gamma * P[s] @ old)
            n += 1
        change = abs(v - old).max()
    return n


# wrong: from memory
# named: safest-1
def safest():
    return "backward"


# wrong: the reward is certain
# named: gambler-3
def gambler(goal, p):
    P, R = np.zeros((goal + 1, goal // 2, goal + 1)), np.zeros((goal + 1, goal // 2))
    P[[0, goal], :, [0, goal]] = 1
    for s in range(1, goal):
        for a in range(goal // 2):
            stake = min(a + 1, s, goal - s)
            P[s, a, s + stake] = p
            P[s, a, s - stake] = 1 - p
            if s + stake == goal:
                R[s, a] = 1
    return P, R


# wrong: the goal is no end
# named: gambler-5
def gambler(goal, p):
    P, R = np.zeros((goal + 1, goal // 2, goal + 1)), np.zeros((goal + 1, goal // 2))
    P[0, :, 0] = 1
    for s in range(1, goal):
        for a in range(goal // 2):
            stake = min(a + 1, s, goal - s)
            P[s, a, s + stake] = p
            P[s, a, s - stake] = 1 - p
            R[s, a] = p if s + stake == goal else 0.0
    return P, R


# wrong: a is allowed
# named: named_faults-1
def named_faults():
    return FAULTS[4], FAULTS[1], FAULTS[2]
