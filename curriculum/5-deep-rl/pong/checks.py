"""The checks of `pong`.

Which random numbers an action takes is written in the exercise, so rollouts and whole runs are
compared number by number, in a small game that keeps a log and leaves nothing to chance.
"""

import numpy as np

from undergrad.checker import task


class Scripted:
    """N games on small screens whose frames and points follow from the actions alone."""

    def __init__(self, rng, N, points=0.3, shape=(3, 5)):
        self.N, self.shape, self.points = N, shape, points
        self.seed = int(rng.integers(1 << 30))
        self.log, self.resets = [], 0

    def reset(self):
        self.resets += 1
        self.rng = np.random.default_rng(self.seed + self.resets)
        return self._frames(np.zeros(self.N, int))

    def step(self, a):
        self.log.append(np.array(a))
        sign = np.where(np.asarray(a) == self.rng.integers(2, size=self.N), 1.0, -1.0)
        r = np.where(self.rng.random(self.N) < self.points, sign, 0.0)
        return self._frames(np.asarray(a)), r

    def _frames(self, a):
        frames = self.rng.integers(256, size=(self.N, *self.shape))
        frames[:, 0, 0] = 100 * a
        return frames.astype(np.uint8)


def policy(rng, D, H):
    return {"W1": rng.normal(size=(H, D)), "W2": rng.normal(size=H)}


def batch(code, rng):
    """A policy and rows for it, with actions and weights of both signs."""
    B, D, H = int(rng.integers(6, 9)), int(rng.integers(10, 13)), int(rng.integers(3, 6))
    params, x = policy(rng, D, H), rng.normal(size=(B, D))
    x[1] = 0  # a screen on which nothing has moved
    return params, x, rng.permutation(np.arange(B) % 2), rng.normal(size=B)


# --- what the policy sees, and what its actions were worth


def screens(code, rng):
    """Some screens of the game, and one of random colours, many of them those of a background."""
    for _ in range(3):
        ball = int(rng.integers(36, 188)), int(rng.integers(24, 136))
        yield code.atari_screen(ball, *rng.integers(36, 176, size=2).tolist())
    colours = np.array([1, 72, 108, 109, 110, 143, 144, 145, 200, 255], np.uint8)
    yield rng.choice(colours, size=(210, 160, 3))


@task(1, "keeps the field, and makes the background 0 and all else 1", keeps_arguments=True)
def small_images(code, rng):
    return [code.prepro(screen) for screen in screens(code, rng)]


@task(2, "subtracts the frame before, as numbers from -1 to 1", keeps_arguments=True)
def differences(code, rng):
    now, before = rng.integers(256, size=(2, 4, 3, 5)).astype(np.uint8)
    now[0, 0], before[0, 0] = 0, 255
    return code.frame_diff(now, before)


def points(rng, T=12, N=5):
    """Rewards: some points follow each other, one game has none, and one ends with a point."""
    r = np.where(rng.random((T, N)) < 0.25, rng.choice([-1.0, 1.0], size=(T, N)), 0)
    r[3:5, 0], r[-3:, 0], r[:, 1], r[-1, 2] = (1, -1), 0, 0, 1
    return r


@task(3, "begins again at a point, and only where that is asked", keeps_arguments=True)
def to_the_point(code, rng):
    r = points(rng)
    found = [code.discount_points(r, gamma) for gamma in (0.9, 0.5, 1.0)]
    return found + [code.discount_points(r, gamma, reset=False) for gamma in (0.9, 0.5)]


@task(3, "accepts rewards that are whole numbers")
def whole_rewards(code, rng):
    r = points(rng, 7, 3).astype(int)
    return code.discount_points(r, 0.7), code.discount_points(r, 0.7, reset=False)


# --- a policy of two layers


@task(4, "finds the probability of up, and the hidden layer", keeps_arguments=True)
def forward(code, rng):
    params, x, *_ = batch(code, rng)
    return code.policy_forward(params, x)


@task(4, "stays finite when the policy is certain")
def certain(code, rng):
    params, x, *_ = batch(code, rng)
    return code.policy_forward({"W1": params["W1"], "W2": 1e5 * params["W2"]}, x)[0]


@task(5, "finds the gradient of the surrogate loss", keeps_arguments=True)
def backward(code, rng):
    params, x, a, weight = batch(code, rng)
    h = np.maximum(x @ params["W1"].T, 0)
    p = code.sigmoid(h @ params["W2"])
    return code.policy_backward(params, x, h, p, a, weight)


def half(now, before):
    """Every second pixel of the newest frame, and the sum of the frame before."""
    x = now.reshape(len(now), -1)[:, ::2] / 255
    return np.column_stack([x, before.reshape(len(before), -1).sum(axis=1) / 2000])


@task(6, "plays with sampled actions, and sees differences", needs=[2, 4])
def played(code, rng):
    game, params = Scripted(rng, 4), policy(rng, 15, 6)
    found = code.rollout(params, game, 9, rng)
    return found, np.array(game.log), game.resets


@task(6, "sees what it is told to see, and begins new games each time", needs=[4])
def played_twice(code, rng):
    game, params = Scripted(rng, 3, shape=(2, 5)), policy(rng, 6, 4)
    found = [code.rollout(params, game, T, rng, half) for T in (7, 1)]
    return found, np.array(game.log), game.resets


@task(6, "leaves the policy as it is", needs=[2, 4], keeps_arguments=True)
def played_quietly(code, rng):
    params = policy(rng, 15, 6)
    return code.rollout(params, Scripted(rng, 3), 4, rng)[1]


# --- learning


@task(7, "divides the gradient by its root mean square, in place")
def steps(code, rng):
    params, found = policy(rng, 7, 3), []
    state = {name: rng.random(value.shape) for name, value in params.items()}
    for decay in (0.9, 0.5, 0.99):
        grads = {name: rng.normal(size=value.shape) for name, value in params.items()}
        given = {name: value.copy() for name, value in grads.items()}
        code.rmsprop_step(params, grads, state, 0.1, decay, 1e-3)
        found += [{k: v.copy() for k, v in each.items()} for each in (params, state)]
        found.append([bool((grads[name] == given[name]).all()) for name in grads])
    return found


@task(7, "has a decay of 0.99 and an eps of 1e-8 when none are given, and can begin at 0")
def default_steps(code, rng):
    params = policy(rng, 7, 3)
    state = {name: np.zeros_like(value) for name, value in params.items()}
    for size in (1.0, 1e-7):
        grads = {name: size * rng.normal(size=value.shape) for name, value in params.items()}
        grads["W2"][0] = 0
        code.rmsprop_step(params, grads, state, 0.01)
    return params, state


def learned(code, rng, updates, points=0.3, **settings):
    """The margins and the policy after some updates."""
    game = Scripted(rng, 4, points)
    params = policy(rng, 15, 5)
    margins = code.learn(params, game, updates, 11, rng, 0.02, **settings)
    return [float(each) for each in margins], params, game.resets


@task(8, "makes one step from each rollout", needs=[2, 3, 4, 5, 6, 7])
def one_update(code, rng):
    return learned(code, rng, 1)


@task(8, "plays with the new policy in the next update", needs=[2, 3, 4, 5, 6, 7])
def several_updates(code, rng):
    return learned(code, rng, 4)


@task(8, "weights by the returns as they are without a baseline", needs=[2, 3, 4, 5, 6, 7])
def without_baseline(code, rng):
    return learned(code, rng, 2, baseline=False)


@task(8, "passes gamma, the reset and what is seen on", needs=[2, 3, 4, 5, 6, 7])
def other_settings(code, rng):
    found = [learned(code, rng, 2, gamma=0.6), learned(code, rng, 2, reset=False)]
    return [*found, learned(code, rng, 2, see=code.newest_frame)]


@task(8, "learns nothing from games without a point", needs=[2, 3, 4, 5, 6, 7])
def no_points(code, rng):
    return learned(code, rng, 2, points=0.0)


class OnePoint(Scripted):
    """The same game with a single point, in the third step of its last game."""

    def step(self, a):
        frames, r = super().step(a)
        r[:] = 0
        r[-1] = len(self.log) % 11 == 3
        return frames, r


@task(8, "divides by 1 where there is a single point", needs=[2, 3, 4, 5, 6, 7])
def one_point(code, rng):
    params = policy(rng, 15, 5)
    margins = code.learn(params, OnePoint(rng, 4), 2, 11, rng, 0.02)
    return [float(each) for each in margins], params


@task(9, "says what costs the policy least when it is left out")
def concluded(code, rng):
    return code.costs_least()


# --- which steps get the credit, and which pixels


@task(10, "counts the steps until the next point", keeps_arguments=True)
def counted(code, rng):
    return code.steps_to_point(points(rng)), code.steps_to_point(points(rng, 30, 4).astype(int))


@task(11, "compares two inner products", keeps_arguments=True)
def fractions(code, rng):
    def gradient():
        return {"W1": rng.normal(size=(3, 4)), "W2": rng.normal(size=3) + 1}

    part, whole, other = gradient(), gradient(), gradient()
    return float(code.credit(part, whole, other)), float(code.credit(part, whole, whole))


@task(12, "is the derivative of p with respect to each pixel", keeps_arguments=True)
def derivatives(code, rng):
    params, x, *_ = batch(code, rng)
    return code.saliency(params, x)


@task(12, "fades where the policy is certain", needs=[4])
def faded(code, rng):
    params, x, *_ = batch(code, rng)
    return code.saliency({"W1": 3 * params["W1"], "W2": params["W2"]}, x[2:])


# --- other people's code


@task(13, "names the fault of each program")
def named(code, rng):
    return code.faults()
