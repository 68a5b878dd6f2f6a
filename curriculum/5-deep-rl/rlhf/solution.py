"""Learning from preferences and from verifiers: rewards for whole answers of a language model.

Letters: K possible answers to one prompt, B pairs of answers, D features of an answer, P prompts, G
sampled answers to each of them, N = P G sequences, T positions, V tokens of the vocabulary.

Where answers can be listed, ref and pi (K,) hold the probability of each under the reference model
and under a policy, and r (K,) its reward. Where they are sampled, ids (N, T) holds a prompt and its
answer in each row, and mask (N, T) is True for the tokens that the model wrote: the answer and the
END behind it. logp, old and ref (N, T) are the log-probabilities of the tokens in ids under three
policies: the one that is trained, the one that sampled, and the reference. `rng` is a NumPy
Generator.

The model, the loss of DPO, the clip of PPO and the optimiser are imported from your exercises; the
check takes them from the worked solutions as long as yours do not pass. `undergrad check rlhf`
checks your functions.
"""

from itertools import product

import numpy as np
from exercises.llm import dpo_loss
from exercises.optim import clip_global_norm
from exercises.ppo import clipped_surrogate

# --- given: sums as text ------------------------------------------------------------------------

SYMBOLS = "0123456789+="
END, LENGTH = len(SYMBOLS), 10  # the token that ends an answer, and the positions T of a row


def sums(rng, n):
    """n prompts such as "07+35=", both numbers below 100.

    Returns: prompts, list of str
    """
    return [f"{a:02}+{b:02}=" for a, b in rng.integers(100, size=(n, 2))]


def answer(prompt):
    """The digits of the sum from the last to the first: "24" for "07+35=".

    Returns: text, str
    """
    return str(int(prompt[:2]) + int(prompt[3:5]))[::-1]


def rows(prompts, answers):
    """Each prompt with its answer and END, as tokens. What is left of a row is filled with END.

    Returns: ids (N, T), int, mask (N, T), bool
    """
    ids = np.full((len(prompts), LENGTH), END)
    mask = np.zeros(ids.shape, bool)
    for row, written, prompt, text in zip(ids, mask, prompts, answers, strict=True):
        tokens = [SYMBOLS.index(symbol) for symbol in prompt + text]
        row[: len(tokens)] = tokens
        written[len(prompt) : len(tokens) + 1] = True
    return ids, mask


def texts(ids, mask):
    """The answers in rows of tokens, as strings.

    Returns: answers, list of str
    """
    written = mask & (ids != END)
    return [
        "".join(SYMBOLS[each] for each in row[own]) for row, own in zip(ids, written, strict=True)
    ]


def sample(model, prompts, rng):
    """One sampled answer to each prompt, which ends with END or where the row is full.

    Returns: ids (N, T), int, mask (N, T), bool
    """
    ids, mask = rows(prompts, [""] * len(prompts))
    running = np.ones(len(ids), bool)
    for t in range(len(prompts[0]), LENGTH):
        logits = model.forward(ids[:, :t])[:, -1]
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        below = p.cumsum(axis=1) < rng.random((len(ids), 1)) * p.sum(axis=1, keepdims=True)
        ids[:, t] = np.where(running, below[:, :-1].sum(axis=1), END)
        mask[:, t] = running
        running &= ids[:, t] != END
    return ids, mask


def token_logp(logits, ids):
    """The log-probability of each token given those before it; 0 for the first of a row.

    logits (N, T, V): at each position those of the next token.
    Returns: logp (N, T), cache
    """
    shifted = logits[:, :-1] - logits[:, :-1].max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    found = np.take_along_axis(log_p, ids[:, 1:, None], axis=-1)[..., 0]
    return np.pad(found, ((0, 0), (1, 0))), (log_p, ids)


def token_logp_backward(g, cache):
    """The gradient of `token_logp` with respect to the logits.

    Returns: glogits (N, T, V)
    """
    log_p, ids = cache
    one_hot = ids[:, 1:, None] == np.arange(log_p.shape[-1])
    return np.pad(g[:, 1:, None] * (one_hot - np.exp(log_p)), ((0, 0), (0, 1), (0, 0)))


def descend(model, optimiser, ids, loss_of):
    """One step down the gradient of a loss of the log-probabilities, clipped to norm 1.

    loss_of(logp) returns the loss and its gradient with respect to logp (N, T).
    Returns: loss, float
    """
    logp, cache = token_logp(model.forward(ids), ids)
    loss, g = loss_of(logp)
    grads, _ = clip_global_norm(model.backward(token_logp_backward(g, cache)), 1.0)
    optimiser.step(grads)
    return loss


# --- a reward from comparisons ------------------------------------------------------------------


def reward_loss(r_w, r_l):
    """How badly rewards explain that w was preferred to l: the mean of -log sigmoid(r_w - r_l).

    r_w, r_l (B,): the rewards of the better and of the worse answer of each pair; they may be as
    large as 1,000. Source: Ouyang et al. 2022.
    Returns: loss, float, g_w (B,), g_l (B,)
    """
    # TODO 1: a logarithm that does not overflow, and two gradients of opposite sign
    margin = r_w - r_l
    g = -np.exp(-np.logaddexp(0, margin)) / len(margin)
    return float(np.logaddexp(0, -margin).mean()), g, -g


def bradley_terry(x_w, x_l, l2):
    """The weights of a reward x @ w that explain comparisons best.

    x_w, x_l (B, D): the features of the better and of the worse answer of each pair; with rows of
    np.eye(D), the weights are the scores of D answers. They minimise the sum of -log sigmoid(x_w @
    w - x_l @ w) over the pairs plus l2 / 2 times the sum of w squared, with l2 > 0.
    Returns: w (D,)
    """
    # TODO 2: Newton's method from 0: which gradient, and which Hessian?
    x = x_w - x_l
    w = np.zeros(x.shape[1])
    for _ in range(50):
        wrong = np.exp(-np.logaddexp(0, x @ w))  # the probability of the other order
        gradient = l2 * w - wrong @ x
        hessian = l2 * np.eye(len(w)) + x.T @ ((wrong * (1 - wrong))[:, None] * x)
        w = w - np.linalg.solve(hessian, gradient)
    return w


# --- reward against divergence, where all answers can be listed ---------------------------------


def tilted(ref, r, beta):
    """The policy with the largest mean reward minus beta times its KL divergence from ref.

    ref (K,): probabilities, of which some may be 0. r (K,): rewards, up to 1,000 times beta.
    Source: Rafailov et al. 2023, equation 4.
    Returns: pi (K,)
    """
    # TODO 3: where is the derivative 0, and which constant keeps the powers small?
    z = np.where(ref > 0, r, -np.inf) / beta
    weights = ref * np.exp(z - z.max())
    return weights / weights.sum()


def best_value(ref, r, beta):
    """What that policy achieves: its mean reward minus beta times its KL divergence from ref.

    Returns: value, float
    """
    # TODO 3: put the solution into the objective; what is left?
    z = np.where(ref > 0, r, -np.inf) / beta
    return float(beta * (z.max() + np.log(ref @ np.exp(z - z.max()))))


def best_of_n(ref, r, n):
    """The probability that each answer is the best of n samples from ref.

    Among samples with the same reward, the first one is taken.
    Returns: pi (K,)
    """
    # TODO 4: how probable is it that no sample is better, and that all of them are worse?
    at_most = np.array([ref[r <= each].sum() for each in r])
    below = np.array([ref[r < each].sum() for each in r])
    tied = np.array([ref[r == each].sum() for each in r])
    return ref * (at_most**n - below**n) / np.where(tied > 0, tied, 1.0)


def best_of_n_bound(n):
    """What the KL divergence of the best of n from ref cannot exceed.

    It is close where no answer is likely, and no two have the same reward. Source: Beirami et al.
    2024, "Theoretical Guarantees on the Best-of-n Alignment Policy".
    Returns: kl, float
    """
    # TODO 4: let the rank of an answer be uniform between 0 and 1; what is its density afterwards?
    return float(np.log(n) - (n - 1) / n)


# --- the same, token by token -------------------------------------------------------------------


def k3(logp, ref):
    """An estimate of the KL divergence of the policy from the reference, and its derivative.

    logp, ref: arrays of the same shape, for tokens sampled from the policy. With the ratio rho =
    exp(ref - logp), the estimate is rho - 1 - log rho. The derivative is with respect to logp.
    Returns: estimate (like logp), g (like logp)
    """
    # TODO 5: what is the ratio, and where does logp appear?
    log_ratio = ref - logp
    return np.expm1(log_ratio) - log_ratio, -np.expm1(log_ratio)


def token_rewards(score, logp, ref, beta, mask):
    """The reward of each token: minus beta times its log-ratio, and at the last one the score too.

    score (N,): of the whole answer. logp, ref, mask (N, T). Outside the mask the reward is exactly
    0, whatever logp and ref are there.
    Returns: reward (N, T)
    """
    # TODO 6: which token is the last one of each row?
    reward = np.zeros(mask.shape)
    reward[mask] = -beta * (logp[mask] - ref[mask])
    last = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    reward[np.arange(len(score)), last] += score
    return reward


# --- a program that checks ----------------------------------------------------------------------


def verify(prompt, text):
    """1 when the text is the right answer, the whole of it and nothing else; 0 otherwise.

    prompt: such as "07+35=", to which "24" is right. text: any string at all.
    Returns: score
    """
    # TODO 7: what may not be in front of the answer, in it, or behind it?
    return float(text == answer(prompt))


def begins_right(prompt, text):
    """Given: a verifier with a hole. It was meant to say whether the text begins like the answer.

    Returns: score, float
    """
    return float(answer(prompt).startswith(text))


def false_accepts(judge, prompt, longest=3):
    """All texts that a verifier accepts and should not: digits only, of length 0 to `longest`.

    judge(prompt, text) returns 0 or 1. Shorter texts come first, and equally long ones in the order
    of the digits.
    Returns: texts, list of str
    """
    # TODO 8: which texts are there, and which of the two verdicts must differ?
    every = ("".join(each) for n in range(longest + 1) for each in product(SYMBOLS[:10], repeat=n))
    return [text for text in every if judge(prompt, text) and not verify(prompt, text)]


def group_advantage(reward, scale_std=True):
    """How much better each answer is than the mean of its group, the answers to the same prompt.

    reward (P, G). scale_std: divide by the standard deviation of the group, the square root of the
    mean squared distance, with nothing added to it. Where all rewards of a group are equal, the
    advantages are 0. Source: Shao et al. 2024, section 4.1.2.
    Returns: advantage (P, G)
    """
    # TODO 9: along which axis is a group, and what if its standard deviation is 0?
    centred = reward - reward.mean(axis=1, keepdims=True)
    equal = (reward == reward[:, :1]).all(axis=1, keepdims=True)
    std = reward.std(axis=1, keepdims=True) if scale_std else 1.0
    return np.where(equal, 0.0, centred / np.where(equal, 1.0, std))


def grpo_loss(logp, old, ref, advantage, mask, clip_range=0.2, beta=0.0, by_length=True):
    """Minus the clipped surrogate of the written tokens, plus beta times k3, and its gradient.

    logp, old, ref, mask (N, T). advantage (N,): all tokens of an answer share it. by_length: each
    answer counts by the mean over its tokens; otherwise by their sum. The loss is the mean over the
    answers. Source: Shao et al. 2024, equation 3; without by_length, Zichen Liu et al. 2025.
    Returns: loss, float, g (N, T); the gradient with respect to logp
    """
    # TODO 10: the ratio of each written token, two derivatives, and how much each token counts
    ratio = np.exp(logp[mask] - old[mask])
    shared = np.broadcast_to(advantage[:, None], mask.shape)[mask]
    gain, g_ratio = clipped_surrogate(ratio, shared, clip_range)
    penalty, g_penalty = k3(logp[mask], ref[mask])
    count = mask.sum(axis=1, keepdims=True) if by_length else 1
    weight = (mask / count / len(mask))[mask]
    g = np.zeros(mask.shape)
    g[mask] = weight * (beta * g_penalty - g_ratio * ratio)
    return float(weight @ (beta * penalty - gain)), g


# --- the loop -----------------------------------------------------------------------------------


def rollout(model, ref, prompts, G, judge, rng):
    """G sampled answers to each prompt, and all that has to be known of them before learning.

    model, ref: models, of which only `forward` is used. prompts: a list of P strings. The answers
    to a prompt are neighbours. judge(prompt, text) returns a reward.
    Returns: batch, dict: "ids", "mask", "old", "ref" (N, T), "reward" (P, G)
    """
    # TODO 11: sample, judge the texts, and look up two log-probabilities of each token
    repeated = [prompt for prompt in prompts for _ in range(G)]
    ids, mask = sample(model, repeated, rng)
    old, _ = token_logp(model.forward(ids), ids)
    of_ref, _ = token_logp(ref.forward(ids), ids)
    pairs = zip(repeated, texts(ids, mask), strict=True)
    reward = np.array([judge(prompt, text) for prompt, text in pairs], float).reshape(-1, G)
    return {"ids": ids, "mask": mask, "old": old, "ref": of_ref, "reward": reward}


def improve(model, optimiser, batch, epochs=1, scale_std=True, **settings):
    """`epochs` steps of GRPO on one batch. settings: clip_range, beta, by_length of the loss.

    log: "reward", the mean of the batch; "silent", the fraction of the groups whose advantages are
    all 0; "kl", the mean of k3 over the written tokens before the first step.
    Returns: log, dict of float
    """
    # TODO 12: an advantage for each row, then a step for each epoch with the same old and ref
    advantage = group_advantage(batch["reward"], scale_std)
    mask, fixed = batch["mask"], (batch["old"], batch["ref"], advantage.ravel(), batch["mask"])
    for _ in range(epochs):
        descend(model, optimiser, batch["ids"], lambda logp: grpo_loss(logp, *fixed, **settings))
    return {
        "reward": float(batch["reward"].mean()),
        "silent": float((advantage == 0).all(axis=1).mean()),
        "kl": float(k3(batch["old"][mask], batch["ref"][mask])[0].mean()),
    }


def train(model, ref, optimiser, rounds, judge, rng, G=8, **settings):
    """Sample, verify, update: one round for each list of prompts in rounds.

    settings: of `improve`. ref never changes.
    Returns: logs, list of dict
    """
    # TODO 12: which model samples in the second round?
    logs = []
    for prompts in rounds:
        batch = rollout(model, ref, prompts, G, judge, rng)
        logs.append(improve(model, optimiser, batch, **settings))
    return logs


# --- pairs instead of a loop --------------------------------------------------------------------


def pairs_of(reward):
    """From each group that has both, the first answer with the highest reward and the first with
    the lowest.

    reward (P, G). The answers of group p have the numbers p G to p G + G - 1.
    Returns: w, l; lists of the numbers of the better and of the worse answers
    """
    # TODO 13: which groups have nothing to compare, and where does a group begin?
    G = reward.shape[1]
    differ = [p for p, each in enumerate(reward) if each.max() > each.min()]
    w = [int(p * G + reward[p].argmax()) for p in differ]
    return w, [int(p * G + reward[p].argmin()) for p in differ]


def preference_loss(logp, ref, mask, w, l, beta):  # noqa: E741
    """The loss of DPO on pairs of rows, and its gradient with respect to the tokens' logp.

    logp, ref, mask (N, T). w, l: lists of B rows, the better and the worse one of each pair; a row
    may be in several pairs. The log-probability of an answer is the sum over its written tokens.
    Source: Rafailov et al. 2023, equation 7.
    Returns: loss, float, g (N, T)
    """
    # TODO 13: sums over which tokens, and to which rows do the gradients belong?
    total, of_ref = (np.where(mask, each, 0.0).sum(axis=1) for each in (logp, ref))
    loss, g_w, g_l = dpo_loss(total[w], total[l], of_ref[w], of_ref[l], beta)
    g = np.zeros(len(mask))
    np.add.at(g, w, g_w)
    np.add.at(g, l, g_l)
    return loss, g[:, None] * mask
