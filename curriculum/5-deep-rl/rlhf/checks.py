"""The checks of `rlhf`.

Rewards and divergences are compared exactly on worlds whose answers are listed. The loop is judged
with a small table in place of a language model: where it matters which answers are drawn, the table
has no doubt about them.
"""

import numpy as np

from undergrad.checker import task

# --- a reward from comparisons


@task(1, "is the mean of -log sigmoid of the margin, with its gradients", keeps_arguments=True)
def explained(code, rng):
    r_w, r_l = 2 * rng.normal(size=(2, 7))
    r_l[3] = r_w[3]
    return code.reward_loss(r_w, r_l), code.reward_loss(r_l[:5], r_w[:5])


@task(1, "stays finite where rewards are as large as 1,000")
def far_apart(code, rng):
    r_w, r_l = np.array([1000.0, -1000, 800, 0, -1000]), np.array([-1000.0, 1000, 0, 800, -1000])
    return code.reward_loss(r_w, r_l)


def comparisons(rng, B=40, D=3):
    """Features of pairs in which the better answer is not always the one with the higher reward."""
    x, y, w = rng.normal(size=(B, D)), rng.normal(size=(B, D)), rng.normal(size=D)
    first = rng.random(B) < 1 / (1 + np.exp((y - x) @ w))
    return np.where(first[:, None], x, y), np.where(first[:, None], y, x)


@task(2, "finds the weights that explain comparisons best", keeps_arguments=True)
def weights(code, rng):
    few, many = comparisons(rng), comparisons(rng, 90, 4)
    return code.bradley_terry(*few, 0.5), code.bradley_terry(*many, 3.0)


@task(2, "finds scores from rows of a unit matrix")
def scores(code, rng):
    winner = rng.integers(5, size=60)
    loser = (winner + rng.integers(1, 5, size=60)) % 5
    return [code.bradley_terry(np.eye(5)[winner], np.eye(5)[loser], l2) for l2 in (0.1, 1.0)]


@task(2, "stays finite where one answer always wins")
def separable(code, rng):
    loser = rng.integers(1, 4, size=12)
    x_w, x_l = np.eye(4)[np.zeros(12, int)], np.eye(4)[loser]
    return [code.bradley_terry(x_w, x_l, l2) for l2 in (0.01, 1.0)]


# --- reward against divergence


def listed(rng, K=6):
    """A reference that excludes one answer, the one with the highest reward."""
    ref, r = rng.dirichlet(np.ones(K)), rng.normal(size=K)
    ref[2], r[2] = 0.0, 4.0
    return ref / ref.sum(), r


@task(3, "weights each answer of the reference by a power of its reward", keeps_arguments=True)
def optimum(code, rng):
    ref, r = listed(rng)
    return [code.tilted(ref, r, beta) for beta in (0.3, 1.0, 5.0)]


@task(3, "finds the policy where rewards are 1,000 times beta, and where an answer is excluded")
def sharp_optimum(code, rng):
    ref, r = listed(rng)
    ref[4], r[4] = 0.0, 900.0
    ref /= ref.sum()
    few = code.tilted(ref, r, 0.01), code.tilted(ref, r - 500, 0.5), code.tilted(ref, 100 * r, 0.1)
    return few, code.tilted(rng.dirichlet(np.ones(6)), 250 + 50 * rng.random(6), 0.3)


@task(3, "says what that policy achieves", keeps_arguments=True)
def achieved(code, rng):
    ref, r = listed(rng)
    small = [code.best_value(ref, r, beta) for beta in (0.3, 1.0, 5.0)]
    return small, code.best_value(ref, 100 * r, 0.1), code.best_value(ref, 100 * r - 800, 0.5)


@task(4, "says how often each answer is the best of n", keeps_arguments=True)
def best(code, rng):
    ref, r = rng.dirichlet(np.ones(6)), rng.permutation(6) - 2.5
    return [code.best_of_n(ref, r, n) for n in (1, 2, 5, 40)]


@task(4, "takes the first of equally good samples", keeps_arguments=True)
def best_of_equals(code, rng):
    ref, r = rng.dirichlet(np.ones(7)), rng.permutation([0, 0, 1, 1, 1, 2, 3]).astype(float)
    return [code.best_of_n(ref, r, n) for n in (1, 3, 6)]


@task(4, "never takes what the reference excludes")
def best_of_excluded(code, rng):
    ref, r = listed(rng)
    r[5], ref[1] = r[0], 0.0
    ref /= ref.sum()
    return [code.best_of_n(ref, r, n) for n in (1, 4)]


@task(4, "bounds the divergence of the best of n")
def bounds(code, rng):
    return [float(code.best_of_n_bound(n)) for n in (1, 2, 7, 1000)]


# --- token by token


@task(5, "estimates the divergence, with the derivative", keeps_arguments=True)
def estimated(code, rng):
    logp, ref = rng.normal(size=(2, 3, 5)) - 2
    ref[1] = logp[1]
    return code.k3(logp, ref), code.k3(logp[0], ref[0])


def written(rng, N=5, T=8):
    """Log-probabilities under three policies, and masks that begin and end at different tokens."""
    first, length = np.full(N, 2), np.resize([3, 1, 6, 2, 4], N)
    position = np.arange(T)
    mask = (position >= first[:, None]) & (position < (first + length)[:, None])
    old = -rng.uniform(0.1, 3, size=(N, T))
    logp = old + np.resize([0.03, -0.5, 0.6, -0.04, 0.02, -0.9, 0.7], (N, T))
    return logp, old, -rng.uniform(0.1, 3, size=(N, T)), mask


@task(6, "gives every written token its penalty, and the last one the score", keeps_arguments=True)
def rewarded(code, rng):
    logp, _, ref, mask = written(rng)
    return code.token_rewards(rng.normal(size=5), logp, ref, float(rng.uniform(0.1, 0.9)), mask)


@task(6, "is exactly 0 elsewhere", keeps_arguments=True)
def unrewarded(code, rng):
    logp, _, ref, mask = written(rng)
    logp[~mask] -= 40
    found = np.asarray(code.token_rewards(1 + rng.random(5), logp, ref, 0.5, mask))
    only_score = code.token_rewards(np.arange(1.0, 6), logp, ref, 0.0, mask)
    return int((found[~mask] != 0).sum()), only_score


# --- a program that checks


def near_misses(right):
    """Texts that look like the answer: with something around it, in it, or missing."""
    return [
        right, right + " ", " " + right, right + ".", right + "0", "0" + right, "", right[:1],
        right[:-1], f"{right} {right}", right + right, "+" + right, "-" + right, right + "\n",
        right + "=", "=" + right, "_".join(right), right[::-1], right + ".0", "12.", "x", "24", "1",
        "".join(chr(0x0660 + int(each)) for each in right), f"the answer is {right}",
    ]  # fmt: skip


@task(7, "accepts the whole answer and nothing else")
def verdicts(code, rng):
    found = []
    for prompt in ("07+35=", "99+99=", "00+00=", "04+01=", "50+50=", *code.sums(rng, 3)):
        found.append([float(code.verify(prompt, t)) for t in near_misses(code.answer(prompt))])
    return found


def contains(code):
    return lambda prompt, text: float(code.answer(prompt) in text)


@task(8, "lists what a verifier should not have accepted", needs=[7])
def holes(code, rng):
    prompts = ["07+35=", "00+03=", *code.sums(rng, 2)]
    found = []
    for prompt in prompts:
        found.append(list(code.false_accepts(code.begins_right, prompt)))
        found.append(list(code.false_accepts(contains(code), prompt, 2)))
    return found


@task(8, "finds nothing in a verifier that is right, and everything in one that never refuses")
def no_holes(code, rng):
    (prompt,) = code.sums(rng, 1)
    everything = code.false_accepts(lambda prompt, text: True, "00+00=", 1)
    by_default = code.false_accepts(contains(code), prompt)
    found = code.false_accepts(code.verify, prompt), everything, by_default
    return [list(each) for each in found]


# --- the loss


@task(9, "compares each answer with its own group", keeps_arguments=True)
def advantages(code, rng):
    reward = rng.normal(size=(4, 6)) + 3 * rng.normal(size=(4, 1))
    return code.group_advantage(reward), code.group_advantage(reward[:, :3])


@task(9, "leaves out the standard deviation when told to", keeps_arguments=True)
def centred(code, rng):
    return code.group_advantage((rng.random((3, 5)) < 0.5) * rng.uniform(1, 3), False)


@task(9, "is 0 where all rewards of a group are equal")
def silent_groups(code, rng):
    reward = np.array([[1.0] * 7, [0.1] * 7, [0.0] * 7, [0, 1, 0, 0, 0, 0, 0], [1 / 3] * 7])
    return [np.round(code.group_advantage(reward, scale), 9) + 0.0 for scale in (True, False)]


@task(10, "is REINFORCE with a baseline at the first step", needs=[5], keeps_arguments=True)
def first_step(code, rng):
    _, old, ref, mask = written(rng)
    advantage = rng.normal(size=5)
    settings = {"by_length": False}, {"by_length": True}, {}
    return [code.grpo_loss(old, old, ref, advantage, mask, **each) for each in settings]


@task(10, "clips the ratio of each written token", needs=[5], keeps_arguments=True)
def clipped_tokens(code, rng):
    logp, old, ref, mask = written(rng)
    advantage = np.array([1.0, -2.0, 0.5, 0.0, -1.5]) * rng.uniform(0.5, 2)
    settings = {}, {"clip_range": 0.55}, {"by_length": False}
    return [code.grpo_loss(logp, old, ref, advantage, mask, **each) for each in settings]


@task(10, "adds beta times the divergence from the reference", needs=[5], keeps_arguments=True)
def with_penalty(code, rng):
    logp, old, ref, mask = written(rng)
    advantage = rng.normal(size=5)
    settings = {"beta": 0.7}, {"beta": 0.3, "by_length": False, "clip_range": 0.1}
    return [code.grpo_loss(logp, old, ref, advantage, mask, **each) for each in settings]


@task(10, "ignores what is not written", needs=[5])
def ignored_tokens(code, rng):
    logp, old, ref, mask = written(rng)
    logp[~mask], ref[~mask] = 3.0, -3.0
    return code.grpo_loss(logp, old, ref, rng.normal(size=5), mask, beta=0.5)


# --- the loop


class Table:
    """A model of 13 rows: the next token depends on the sum of all tokens so far.

    params: [table (13, 13)]. sharpness: what the table is multiplied by.
    """

    def __init__(self, rng, sharpness=1.0):
        self.params, self.sharpness = [rng.normal(size=(13, 13))], sharpness

    def forward(self, ids):
        self.row = np.cumsum(ids, axis=1) % 13
        return self.sharpness * self.params[0][self.row]

    def backward(self, g):
        grad = np.zeros((13, 13))
        np.add.at(grad, self.row, self.sharpness * g)
        return [grad]


def decided(rng):
    """A table without doubt: of a row, one token is far more probable than all others."""
    model = Table(rng, 60.0)
    model.params[0] = np.array([rng.permutation(13) for _ in range(13)], float)
    return model


def odd(prompt, text):
    """A reward that depends on the prompt and on the text."""
    return float(int(prompt[1]) + len(text)) + 0.25 * (text[:1] == "3")


@task(11, "collects all that is known of sampled answers")
def collected(code, rng):
    batch = code.rollout(decided(rng), Table(rng), code.sums(rng, 4), 3, odd, rng)
    return {name: np.asarray(batch[name]) for name in ("ids", "mask", "old", "ref", "reward")}


@task(11, "keeps the answers to a prompt together, and judges them as they are")
def together(code, rng):
    model, ref, prompts = Table(rng), Table(rng), ["12+34=", "07+35=", "99+01="]
    batch = code.rollout(model, ref, prompts, 4, odd, rng)
    ids, mask = np.asarray(batch["ids"]), np.asarray(batch["mask"])
    repeated = [prompt for prompt in prompts for _ in range(4)]
    expected = [odd(*pair) for pair in zip(repeated, code.texts(ids, mask), strict=True)]
    found = {
        "old": code.token_logp(model.forward(ids), ids)[0],
        "ref": code.token_logp(ref.forward(ids), ids)[0],
        "reward": np.reshape(expected, (3, 4)),
    }
    off = {name: float(np.abs(found[name] - batch[name]).max()) < 1e-9 for name in found}
    return off, ids[:, :6], ids.shape, np.asarray(batch["reward"]).shape


@task(11, "samples every answer by itself")
def sampled_apart(code, rng):
    batch = code.rollout(Table(rng, 0.2), Table(rng), code.sums(rng, 2), 40, odd, rng)
    per_group = np.asarray(batch["ids"]).reshape(2, 40, -1)
    return [len({tuple(row) for row in group}) > 20 for group in per_group.tolist()]


class Step:
    """An optimiser that takes plain steps, and keeps the gradients."""

    def __init__(self, params, lr=0.5):
        self.params, self.lr, self.seen = params, lr, []

    def step(self, grads):
        self.seen.append(np.array(grads[0]))
        self.params[0] -= self.lr * grads[0]


def batch_of(code, rng, model, P=4, G=3):
    """A batch of answers that another table wrote.

    In the first group all are equally good, and in the second one answer is as good as the mean.
    """
    ids, mask = code.sample(Table(rng), [p for p in code.sums(rng, P) for _ in range(G)], rng)
    reward = rng.normal(size=(P, G))
    reward[0], reward[1] = 0.7, (0.0, 1.0, 0.5)
    old, _ = code.token_logp(model.forward(ids), ids)
    return {
        "ids": ids, "mask": mask, "old": old - 0.1 * rng.normal(size=old.shape),
        "ref": code.token_logp(Table(rng).forward(ids), ids)[0], "reward": reward,
    }  # fmt: skip


def improved(code, rng, lr=0.5, **settings):
    """The gradients, the log, and whether the batch stayed as it was."""
    model = Table(rng)
    batch, optimiser = batch_of(code, rng, model), Step(model.params, lr)
    before = {name: column.copy() for name, column in batch.items()}
    log = code.improve(model, optimiser, batch, **settings)
    kept = all((before[name] == batch[name]).all() for name in before)
    return optimiser.seen, {name: float(log[name]) for name in ("reward", "silent", "kl")}, kept


@task(12, "takes one step, and says what it saw", needs=[9, 10])
def one_step(code, rng):
    return improved(code, rng), improved(code, rng, scale_std=False)


@task(12, "takes a step for each epoch, with the same old policy", needs=[9, 10])
def several_epochs(code, rng):
    return improved(code, rng, lr=4.0, epochs=3)


@task(12, "hands its settings on to the loss", needs=[9, 10])
def settings_of_loss(code, rng):
    return improved(code, rng, beta=0.8, by_length=False, clip_range=0.05)


class Turn:
    """An optimiser that changes the model by the same amount, whatever the gradients are."""

    def __init__(self, params):
        self.params, self.steps = params, 0

    def step(self, grads):
        self.steps += 1
        self.params[0][:] = np.roll(self.params[0], 1, axis=0)


def trained(code, rng, **settings):
    """Training of a table without doubt; the rewards of the answers come from a list."""
    model, ref = decided(rng), decided(rng)
    before, optimiser = ref.params[0].copy(), Turn(model.params)
    rewards = iter(np.resize([0.0, 1, 1, 0, 0.5, 0, 1], 1000))
    asked = []

    def judge(prompt, text):
        asked.append((prompt, text))
        return float(next(rewards))

    rounds = [code.sums(rng, 3) for _ in range(3)]
    logs = code.train(model, ref, optimiser, rounds, judge, rng, **settings)
    unchanged = bool((ref.params[0] == before).all())
    names = "reward", "silent", "kl"
    return asked, [[float(log[n]) for n in names] for log in logs], optimiser.steps, unchanged


@task(12, "samples, verifies and updates in every round", needs=[9, 10, 11])
def rounds_of_training(code, rng):
    return trained(code, rng, G=4, beta=0.2)


@task(12, "has eight answers to a prompt when nothing else is said", needs=[9, 10, 11])
def default_group(code, rng):
    return trained(code, rng), trained(code, rng, epochs=2, scale_std=False)


# --- pairs


@task(13, "takes the first best and the first worst of each group", keeps_arguments=True)
def chosen(code, rng):
    reward = rng.integers(3, size=(6, 5)).astype(float)
    reward[1], reward[4] = 1.0, (0, 1, 0, 1, 1)
    verdicts = (rng.random((4, 3)) < 0.5).astype(float)
    pairs = code.pairs_of(reward), code.pairs_of(verdicts), code.pairs_of(np.ones((2, 3)))
    return [[[int(each) for each in side] for side in pair] for pair in pairs]


@task(13, "is the loss of DPO on whole answers", keeps_arguments=True)
def preferred(code, rng):
    logp, _, ref, mask = written(rng)
    return [code.preference_loss(logp, ref, mask, [0, 3], [2, 1], beta) for beta in (0.1, 2.0)]


@task(13, "adds up the gradients of a row that is in several pairs", keeps_arguments=True)
def shared_rows(code, rng):
    logp, _, ref, mask = written(rng)
    logp[~mask] -= 30
    return code.preference_loss(logp, ref, mask, [0, 0, 2, 4], [1, 2, 1, 1], 0.3)
