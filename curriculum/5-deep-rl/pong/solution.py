"""Pong from pixels: a policy of two layers that learns from nothing but the screen and the points.

Letters: N games side by side, T time steps, B rows of a batch (T times N), D pixels that the policy
sees, H hidden units.

A policy is a dict: "W1" (H, D) and "W2" (H,), without biases. It gives the probability p of moving
up. Actions: 0 down, 1 up. A frame is an image of bytes, from 0 to 255. A reward is 1 for a point
that we win, -1 for one that we lose, and 0 in every other step.

`normalise` is imported from your exercise of policy-gradient; the check takes it from the worked
solution as long as yours does not pass. `undergrad check pong` checks your functions.
"""

import numpy as np
from exercises.policy_gradient import normalise

# --- given: two games, and a policy that knows nothing -------------------------------------------


def atari_screen(ball=(110, 78), ours=90, theirs=120):
    """A screen that looks like Atari's Pong, 210 rows of 160 pixels in colour.

    ball: its row and column. ours, theirs: the first row of each paddle. The score is shown above
    the upper border.
    Returns: screen (210, 160, 3), int
    """
    screen = np.empty((210, 160, 3), np.uint8)
    screen[:] = 144, 72, 17
    screen[24:34] = screen[194:] = 236, 236, 236
    screen[2:22, 36:52] = screen[theirs : theirs + 16, 16:20] = 213, 130, 74
    screen[2:22, 116:132] = screen[ours : ours + 16, 140:144] = 92, 186, 92
    screen[ball[0] : ball[0] + 4, ball[1] : ball[1] + 2] = 236, 236, 236
    return screen


class Pong:
    """N games side by side, on screens of 10 rows and 12 columns.

    Our paddle is in the last column and the opponent's in the first; both are three pixels high.
    In each step, ours moves up or down by one row. The opponent's moves by one row towards the
    ball, but rests with probability 0.3. The ball moves by one column and at most one row, and
    turns back at the borders. The middle of a paddle returns it straight, the ends with a slant.
    A miss is a point for the other side; the next ball starts in the middle, in a random direction.
    """

    rows, columns = 10, 12
    shape = rows, columns

    def __init__(self, N, rng):
        self.N, self.rng = N, rng

    def reset(self):
        """Begin N new games, and return the frames (N, 10, 12), uint8."""
        self.ours, self.theirs = np.full((2, self.N), self.rows // 2)
        self.row, self.column, self.slant, self.towards = np.zeros((4, self.N), int)
        self._serve(np.arange(self.N))
        return self._frames()

    def step(self, a):
        """Move up in the games where a (N,) is 1, and down where it is 0.

        Returns: frames (N, 10, 12), uint8, r (N,)
        """
        last, end = self.rows - 1, self.columns - 1
        self.ours = (self.ours + 1 - 2 * a).clip(1, last - 1)
        awake = self.rng.random(self.N) >= 0.3
        self.theirs = (self.theirs + awake * np.sign(self.row - self.theirs)).clip(1, last - 1)
        turned = (self.row + self.slant < 0) | (self.row + self.slant > last)
        self.slant = np.where(turned, -self.slant, self.slant)
        self.row, self.column = self.row + self.slant, self.column + self.towards
        arrived = (self.column == 0) | (self.column == end)
        offset = self.row - np.where(self.towards > 0, self.ours, self.theirs)
        hit = arrived & (abs(offset) <= 1)
        r = np.where(arrived & ~hit, -1.0 * self.towards, 0.0)
        self.slant = np.where(hit, offset, self.slant)
        self.towards = np.where(hit, -self.towards, self.towards)
        self._serve(np.flatnonzero(r))
        return self._frames(), r

    def _serve(self, which):
        self.row[which] = self.rng.integers(1, self.rows - 1, size=len(which))
        self.column[which] = self.columns // 2
        self.slant[which] = self.rng.integers(-1, 2, size=len(which))
        self.towards[which] = self.rng.choice([-1, 1], size=len(which))

    def _frames(self):
        frames, games = np.zeros((self.N, *self.shape), np.uint8), np.arange(self.N)
        for k in (-1, 0, 1):
            frames[games, self.ours + k, -1] = frames[games, self.theirs + k, 0] = 255
        frames[games, self.row, self.column] = 255
        return frames


def init_policy(D, H, rng):
    """Random weights, small enough that p begins near 1/2.

    Returns: params, dict
    """
    W1 = rng.normal(size=(H, D)) / np.sqrt(D)
    return {"W1": W1, "W2": rng.normal(size=H) / np.sqrt(H)}


def sigmoid(z):
    """1 / (1 + exp(-z)), which does not overflow.   z of any shape.

    Returns: p (like z)
    """
    return np.exp(-np.logaddexp(0, -z))


def newest_frame(now, before):
    """What a policy sees that has only a single frame: its pixels, from 0 to 1.

    Returns: x (N, D), floats
    """
    return now.reshape(len(now), -1) / 255


def two_frames(now, before):
    """What a policy sees that has both frames, side by side.

    Returns: x (N, 2D), floats
    """
    return np.concatenate([newest_frame(now, before), newest_frame(before, now)], axis=1)


# --- what the policy sees, and what its actions were worth ---------------------------------------


def prepro(screen):
    """A screen of Atari's Pong as a small image: 1 for paddles and ball, and 0 for everything else.

    screen (210, 160, 3), uint8. Rows 35 to 194 are kept, and of these every second row and column,
    and only the red channel. Backgrounds have a red value of 144 or 109.
    Source: Karpathy 2016, "Deep Reinforcement Learning: Pong from Pixels".
    Returns: image (80, 80), floats
    """
    # TODO 1: cut out the field, and tell what belongs to the background.
    red = screen[35:195:2, ::2, 0]
    return ((red != 144) & (red != 109)).astype(float)


def frame_diff(now, before):
    """What has changed since the frame before, as rows from -1 to 1.

    now, before (N, rows, columns): bytes.
    Returns: x (N, D), floats
    """
    # TODO 2: which type must the numbers have before they are subtracted?
    difference = (now.astype(float) - before) / 255
    return difference.reshape(len(now), -1)


def discount_points(r, gamma, reset=True):
    """The return of each step: the next point, discounted by gamma for each step until then.

    r (T, N). After the last point of a game nothing is known, and the return is 0. Without `reset`,
    the points after the next one count as well, each of them discounted.
    Returns: G (T, N)
    """
    # TODO 3: go backwards; what happens to the sum at a point?
    G, later = np.zeros(r.shape), np.zeros(r.shape[1])
    for t in range(len(r) - 1, -1, -1):
        carried = np.where(r[t] != 0, 0, later) if reset else later
        later = G[t] = r[t] + gamma * carried
    return G


# --- a policy of two layers ----------------------------------------------------------------------


def policy_forward(params, x):
    """The probability of moving up, for each row of x (B, D).

    Returns: p (B,), h (B, H); the hidden layer after its ReLU is needed for the backward pass
    """
    # TODO 4: which shape does each product have?
    h = np.maximum(x @ params["W1"].T, 0)
    return sigmoid(h @ params["W2"]), h


def policy_backward(params, x, h, p, a, weight):
    """The gradient of the surrogate loss, the mean of -weight * log pi(a).

    x (B, D), h (B, H), p (B,) as `policy_forward` gave them; a (B,): 1 where the action was up;
    weight (B,): constants.
    Returns: grads, dict; an array for each entry of params
    """
    # TODO 5: begin with the derivative of log pi(a) with respect to the number before the sigmoid.
    g = -weight * (a - p) / len(x)
    g_hidden = np.outer(g, params["W2"]) * (h > 0)
    return {"W1": g_hidden.T @ x, "W2": h.T @ g}


def rollout(params, game, T, rng, see=frame_diff):
    """Play T steps of new games, with actions sampled from the policy.

    see(now, before) makes of two frames what the policy sees; in the first step, both are the same.
    An action is up where a number of rng.random(N), drawn again in each step, is below p.
    Returns: x (T, N, D), a (T, N), int, r (T, N)
    """
    # TODO 6: what is `before` in the next step?
    before = now = game.reset()
    steps = []
    for _ in range(T):
        x = see(now, before)
        p, _ = policy_forward(params, x)
        a = (rng.random(len(p)) < p).astype(int)
        before = now
        now, r = game.step(a)
        steps.append((x, a, r))
    x, a, r = zip(*steps, strict=True)
    return np.array(x), np.array(a), np.array(r)


# --- learning ------------------------------------------------------------------------------------


def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    """One step of RMSProp against the gradients, in place.

    state: for each entry of params a running mean of the squared gradients, which is updated in
    place as well, and first.
    """
    # TODO 7: what is a large gradient divided by, and what a small one?
    for name, g in grads.items():
        state[name] *= decay
        state[name] += (1 - decay) * g**2
        params[name] -= lr * g / (np.sqrt(state[name]) + eps)


def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    """REINFORCE: in each update one rollout, and one step of RMSProp, in place.

    The weights are the returns of `discount_points`, normalised over all steps of all games if
    `baseline`, and otherwise as they are. The state of RMSProp begins at 0.
    Returns: margins, list of float; for each update the points won minus the points lost, divided
        by the number of points, and 0 where there was none
    """
    # TODO 8: which five steps does every update consist of?
    state = {name: np.zeros_like(value) for name, value in params.items()}
    margins = []
    for _ in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        weight = discount_points(r, gamma, reset)
        if baseline:
            weight = normalise(weight)
        x, a, weight = x.reshape(-1, x.shape[-1]), a.ravel(), weight.ravel()
        p, h = policy_forward(params, x)
        rmsprop_step(params, policy_backward(params, x, h, p, a, weight), state, lr)
        margins.append(float(r.sum() / max(np.abs(r).sum(), 1)))
    return margins


LEFT_OUT = ("the frame difference", "the reset at a point", "the mean as a baseline")


def costs_least():
    """Your conclusion: which of the three costs the policy least when it is left out?

    Returns: what, str; one of LEFT_OUT
    """
    # TODO 9: each variant at its own best learning rate, on at least four seeds.
    return LEFT_OUT[2]


# --- which steps get the credit, and which pixels ------------------------------------------------


def steps_to_point(r):
    """How many steps there are until the next point, for each step of r (T, N).

    0 in the step of a point itself, and -1 where no point follows.
    Returns: k (T, N), int
    """
    # TODO 10: go backwards again, and count.
    k, later = np.zeros(r.shape, int), np.full(r.shape[1], -1)
    for t in range(len(r) - 1, -1, -1):
        later = k[t] = np.where(r[t] != 0, 0, np.where(later < 0, -1, later + 1))
    return k


def credit(part, whole, other):
    """The fraction of a gradient that a part of the steps contributes, along another estimate.

    part, whole: gradients as dicts, from some steps and from all steps of the same games.
    other: the gradient from other games, whose noise has nothing to do with that of these.
    Returns: fraction, float; (part, other) / (whole, other), where (g, h) is the inner product of
        all entries
    """
    # TODO 11: one number for each of the two inner products.
    above, below = (
        sum(float((g[name] * other[name]).sum()) for name in other) for g in (part, whole)
    )
    return above / below


def saliency(params, x):
    """The derivative of p with respect to each pixel, for each row of x (B, D).

    Returns: s (B, D)
    """
    # TODO 12: follow the chain backwards, from p to the pixels.
    p, h = policy_forward(params, x)
    return (p * (1 - p))[:, None] * ((h > 0) * params["W2"]) @ params["W1"]


# --- three programs by other people --------------------------------------------------------------

FAULTS = (
    "a difference of bytes wraps round",
    "the sum runs on across points",
    "returns are normalised within each rally",
    "the action is not sampled",
    "the frame before is never updated",
    "the weight of an action is the return of the step after it",
)


def program_a(frames):
    """What the policy sees in each step of a game, from frames (T, rows, columns).

    Returns: x (T, D)
    """
    x = np.zeros(frames.shape)
    for t in range(1, len(frames)):
        x[t] = frames[t] / 255 - frames[0] / 255
    return x.reshape(len(frames), -1)


def program_b(r, gamma):
    """The weight of each action of a game, from its rewards (T,).

    Returns: weight (T,)
    """
    weight, begin = np.zeros(len(r)), 0
    for end in np.flatnonzero(r):
        G = r[end] * gamma ** np.arange(end - begin, -1, -1)
        weight[begin : end + 1] = (G - G.mean()) / (G.std() + 1e-8)
        begin = end + 1
    return weight


def program_c(params, x):
    """The actions for x (N, D), and the derivative of log pi(a) with respect to the logit.

    Returns: a (N,), int, g (N,)
    """
    p, _ = policy_forward(params, x)
    a = (p > 0.5).astype(int)
    return a, a - p


def faults():
    """The fault of each program: the number of its sentence in FAULTS, counted from 0.

    Returns: a, int, b, int, c, int
    """
    # TODO 13: follow each program through three steps by hand.
    return 4, 2, 3
