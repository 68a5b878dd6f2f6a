"""Typical wrong solutions of `transformer`, each with the sentence it deserves."""

import math
from collections import Counter
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from undergrad.checker import mistake


def _own(made):
    """The functions that stand beside the class of `made`: linear, layernorm, multi_head ..."""
    return SimpleNamespace(**type(made).__init__.__globals__)


def _waves(angles):
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(angles), -1)


@mistake("sinusoidal", "All sines come first, then all cosines. They take turns: column 2i is the "
         "sine, column 2i + 1 the cosine of the same angle.")  # fmt: skip
def in_halves(T, D):
    angles = np.arange(T)[:, None] / 10_000 ** (np.arange(0, D, 2) / D)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


@mistake("sinusoidal", "Every column has a speed of its own. A sine and its cosine share one: "
         "10000 ** (2i / D) for columns 2i and 2i + 1.")  # fmt: skip
def own_speeds(T, D):
    angles = np.arange(T)[:, None] / 10_000 ** (np.arange(D) / D)
    return np.where(np.arange(D) % 2, np.cos(angles), np.sin(angles))


@mistake("sinusoidal", "The places are counted from 1. The first place is 0: sine 0, cosine 1.")
def from_one(T, D):
    return _waves(np.arange(1, T + 1)[:, None] / 10_000 ** (np.arange(0, D, 2) / D))


def _share(x):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))


@mistake("gelu", "This is the approximation by tanh, right to three digits. erf is given: use it.")
def by_tanh(x):
    share = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * share, (x, share)


@mistake("gelu", "erf is asked for x itself. The share of the normal curve below x is (1 + erf(x / "
         "sqrt(2))) / 2.")  # fmt: skip
def root_forgotten(x):
    share = _share(x * math.sqrt(2))
    return x * share, (x, share)


@mistake("gelu_backward", "Only x is moved, the share stays. It is a product: the share grows with "
         "x too, by the height of the normal curve at x.")  # fmt: skip
def share_stays(g, cache):
    return g * cache[1]


@mistake("gelu_backward", "The height of the curve is not multiplied by x. In the product x * "
         "share, the slope of the share is worth x.")  # fmt: skip
def height_alone(g, cache):
    x, share = cache
    return g * (share + np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


def _block(self, x, order="first", shortcut=True, see_all=False, relu=False):
    """The solution's block, with switches for what goes wrong."""
    own, (gamma1, beta1, *attend, gamma2, beta2, W1, b1, W2, b2) = _own(self), self.params
    mask = None if see_all else np.tri(x.shape[1], dtype=bool)

    def heads(y):
        found, self.attended = own.multi_head(y, attend, self.heads, mask)
        return found

    def small(y):
        wide, self.layer1 = own.linear(y, W1, b1)
        bent, self.bend = own.gelu(wide)
        found, self.layer2 = own.linear(np.maximum(wide, 0) if relu else bent, W2, b2)
        return found

    normal, self.norm1 = own.layernorm(x, gamma1, beta1)
    if order == "behind":
        x, self.norm1 = own.layernorm(x + heads(x), gamma1, beta1)
        x, self.norm2 = own.layernorm(x + small(x), gamma2, beta2)
        return x
    x = (normal if order == "both" else x * shortcut) + heads(normal)
    normal, self.norm2 = own.layernorm(x, gamma2, beta2)
    return (normal if order == "both" else x) + small(normal)


@mistake("Block.forward", "The norm stands behind the sum, as in the first paper. Here it comes "
         "first, inside of the shortcut: x + part(norm(x)).")  # fmt: skip
def norm_behind(self, x):
    return _block(self, x, order="behind")


@mistake("Block.forward", "The shortcut carries the normalised x. What is added to is x as it "
         "came.")  # fmt: skip
def shortcut_normalised(self, x):
    return _block(self, x, order="both")


@mistake("Block.forward", "The first shortcut is missing: attention replaces x. Add what it finds "
         "to x.")  # fmt: skip
def attention_replaces(self, x):
    return _block(self, x, shortcut=False)


@mistake("Block.forward", "Every place sees all places. Give multi_head the lower triangle as its "
         "mask, or the model reads the answer.")  # fmt: skip
def sees_the_future(self, x):
    return _block(self, x, see_all=True)


@mistake("Block.forward", "The small network bends with ReLU. Here it is gelu.")
def with_relu(self, x):
    return _block(self, x, relu=True)


def _block_back(self, g, middle=True, end=True):
    own = _own(self)
    through, gW2, gb2 = own.linear_backward(g, self.layer2)
    bent = own.gelu_backward(through, self.bend)
    through, gW1, gb1 = own.linear_backward(bent, self.layer1)
    through, ggamma2, gbeta2 = own.layernorm_backward(through, self.norm2)
    g = g * middle + through
    through, attend = own.multi_head_backward(g, self.attended)
    through, ggamma1, gbeta1 = own.layernorm_backward(through, self.norm1)
    self.grads = [ggamma1, gbeta1, *attend, ggamma2, gbeta2, gW1, gb1, gW2, gb2]
    return g * end + through


@mistake("Block.backward", "What goes round the small network is lost: the slope behind it is g "
         "plus what came through.")  # fmt: skip
def not_round_the_network(self, g):
    return _block_back(self, g, middle=False)


@mistake("Block.backward", "What goes round the attention is lost: gx is the slope in front of "
         "the small network plus what came through.")  # fmt: skip
def not_round_attention(self, g):
    return _block_back(self, g, end=False)


def _gpt(self, ids, root=True, places=True, norm=True):
    own = _own(self)
    x = (math.sqrt(self.D) if root else 1.0) * self.E[ids]
    x = x + own.sinusoidal(ids.shape[1], self.D) * places
    for block in self.blocks:
        x = block.forward(x)
    self.ids = ids
    self.top, self.norm = own.layernorm(x, self.gamma, self.beta)
    self.top = self.top if norm else x
    return self.top @ self.E.T


@mistake("GPT.forward", "No places are added, so the model sees a set of letters: add the rows of "
         "sinusoidal.")  # fmt: skip
def placeless(self, ids):
    return _gpt(self, ids, places=False)


@mistake("GPT.forward", "The rows of E are added as they are, and the waves drown them. They are "
         "multiplied by sqrt(D) first.")  # fmt: skip
def root_left_out(self, ids):
    return _gpt(self, ids, root=False)


@mistake("GPT.forward", "The last norm is missing. With the norm inside of the shortcuts nothing "
         "has normalised x itself: do it before scoring.")  # fmt: skip
def no_last_norm(self, ids):
    return _gpt(self, ids, norm=False)


def _gpt_back(self, g, scored=True, looked_up=True, root=True):
    own = _own(self)
    gE = np.einsum("ntv,ntd->vd", g, self.top) * scored
    g, ggamma, gbeta = own.layernorm_backward(g @ self.E, self.norm)
    for block in reversed(self.blocks):
        g = block.backward(g)
    np.add.at(gE, self.ids, (math.sqrt(self.D) if root else 1.0) * looked_up * g)
    inside = [each for block in self.blocks for each in block.grads]
    return [gE, *inside, ggamma, gbeta]


@mistake("GPT.backward", "E gets the slope of the look-up only. It was also the table of scores: "
         "add the product of g with what was scored.")  # fmt: skip
def scores_forgotten(self, g):
    return _gpt_back(self, g, scored=False)


@mistake("GPT.backward", "E gets the slope of the scores only. Its rows were also looked up, at "
         "the very beginning: add that slope row by row.")  # fmt: skip
def look_up_forgotten(self, g):
    return _gpt_back(self, g, looked_up=False)


@mistake("GPT.backward", "The sqrt(D) in front of the look-up is missing on the way back.")
def root_not_back(self, g):
    return _gpt_back(self, g, root=False)


def _count(V, D, layers, offsets=True, tables=1, last=True, norms=True):
    block = 12 * D * D + (9 * D if offsets else 0) + (4 * D if norms else 0)
    return tables * V * D + layers * block + (2 * D if last else 0)


@mistake("param_count", "The offsets are not counted: 3 D, D, 4 D and D in each block.")
def no_offsets(V, D, layers):
    return _count(V, D, layers, offsets=False)


@mistake("param_count", "There are two tables. The one table of this model is used twice, and "
         "counts once.")  # fmt: skip
def two_tables(V, D, layers):
    return _count(V, D, layers, tables=2)


@mistake("param_count", "The last norm is missing: gamma and beta, 2 D.")
def last_norm_forgotten(V, D, layers):
    return _count(V, D, layers, last=False)


@mistake("param_count", "The norms of the blocks are not counted: two of 2 D each.")
def norms_forgotten(V, D, layers):
    return _count(V, D, layers, norms=False)


@mistake("flop_count", "The scores and the means of attention are left out. They have no weights, "
         "and take 2 T T D operations each.")  # fmt: skip
def attention_for_free(V, T, D, layers):
    return 2 * (layers * 12 * T * D * D + T * D * V)


@mistake("flop_count", "Only multiplications are counted. Each comes with an addition: times 2.")
def half_the_work(V, T, D, layers):
    return layers * (12 * T * D * D + 2 * T * T * D) + T * D * V


@mistake("flop_count", "The scores for the ids are left out: T D V multiplications, for a small "
         "model a good part of all.")  # fmt: skip
def scoring_for_free(V, T, D, layers):
    return 2 * layers * (12 * T * D * D + 2 * T * T * D)


def _joined(ids, pair, new):
    out, at = [], 0
    while at < len(ids):
        found = tuple(ids[at : at + 2]) == pair
        out.append(new if found else ids[at])
        at += 2 if found else 1
    return out


def _bpe(data, merges, key, fewest=2):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(pairwise(ids))
        best = min(counts, key=lambda pair: key(pair, counts), default=None)
        if best is None or counts[best] < fewest:
            break
        ids = _joined(ids, best, 256 + len(pairs))
        pairs.append(best)
    return pairs


@mistake("bpe_train", "Of equally common pairs the largest is taken. It is the smallest.")
def largest_of_equals(data, merges):
    return _bpe(data, merges, lambda pair, counts: (-counts[pair], -pair[0], -pair[1]))


@mistake("bpe_train", "Of equally common pairs the one that comes first in the text is taken. It "
         "is the smallest pair.")  # fmt: skip
def first_of_equals(data, merges):
    return _bpe(data, merges, lambda pair, counts: -counts[pair])


@mistake("bpe_train", "Pairs that come once are joined too, and learn the text by heart. Stop when "
         "none comes twice.")  # fmt: skip
def never_stops(data, merges):
    return _bpe(data, merges, lambda pair, counts: (-counts[pair], pair), fewest=1)


@mistake("bpe_train", "All pairs are taken from the first count. After each join the neighbours "
         "are others: count anew, so that joined pairs can be joined again.")  # fmt: skip
def counted_once(data, merges):
    counts = Counter(pairwise(data))
    commonest = sorted(counts, key=lambda pair: (-counts[pair], pair))
    return [pair for pair in commonest if counts[pair] > 1][:merges]


@mistake("bpe_encode", "The pairs are joined from the last learnt to the first. A later pair is "
         "made of earlier ones, so begin with the first.")  # fmt: skip
def last_learnt_first(data, pairs):
    ids = list(data)
    for number, pair in reversed(list(enumerate(pairs))):
        ids = _joined(ids, pair, 256 + number)
    return ids


@mistake("bpe_encode", "The new ids begin at 257. The first pair is 256: bytes take 0 to 255.")
def one_too_high(data, pairs):
    ids = list(data)
    for number, pair in enumerate(pairs):
        shifted = tuple(each + (each > 255) for each in pair)
        ids = _joined(ids, shifted, 257 + number)
    return ids


@mistake("bpe_decode", "A joined id is opened once only. What is inside may be joined as well: "
         "build what each id stands for, from 0 up.")  # fmt: skip
def opened_once(ids, pairs):
    opened = [each for i in ids for each in ((i,) if i < 256 else pairs[i - 256])]
    return bytes(each if each < 256 else 63 for each in opened)


def _generate(model, ids, n, temperature, top_k, rng, heat=None, cut=True, row=-1, lowest=False):
    written = list(ids)
    for _ in range(n):
        shown = written[-model.T :] if cut else written
        scores = model.forward(np.array([shown]))[0, row]
        scores = scores / temperature if heat is None else heat(scores, temperature)
        if top_k is not None and top_k < len(scores):
            ordered = np.sort(scores)
            keep = scores <= ordered[top_k - 1] if lowest else scores >= ordered[-top_k]
            scores = np.where(keep, scores, -np.inf)
        ends = np.exp(scores - scores.max()).cumsum()
        written.append(int(np.searchsorted(ends, rng.random() * ends[-1], "right")))
    return written


@mistake("generate", "The scores of the first place are used. What comes next is said at the last "
         "place.")  # fmt: skip
def first_place(model, ids, n, temperature, top_k, rng):
    return _generate(model, ids, n, temperature, top_k, rng, row=0)[len(ids) :]


@mistake("generate", "The model is shown everything. It can read T ids at most: the last ones.")
def shows_everything(model, ids, n, temperature, top_k, rng):
    return _generate(model, ids, n, temperature, top_k, rng, cut=False)[len(ids) :]


@mistake("generate", "The ids it began with are returned too. Return the n new ones.")
def with_the_beginning(model, ids, n, temperature, top_k, rng):
    return _generate(model, ids, n, temperature, top_k, rng)


@mistake("generate", "The scores are multiplied by the temperature. They are divided: hot means "
         "all alike.")  # fmt: skip
def multiplied(model, ids, n, temperature, top_k, rng):
    found = _generate(model, ids, n, temperature, top_k, rng, heat=lambda s, t: s * t)
    return found[len(ids) :]


@mistake("generate", "top_k keeps the lowest scores. np.sort puts the largest last: [-top_k].")
def lowest_k(model, ids, n, temperature, top_k, rng):
    return _generate(model, ids, n, temperature, top_k, rng, lowest=True)[len(ids) :]


def _cached(model, ids, caches, first_place=False, alone=False, query=False):
    own = _own(model)
    caches = [None] * len(model.blocks) if caches is None else caches
    place = 0 if caches[0] is None or first_place else caches[0][0].shape[2]
    x = math.sqrt(model.D) * model.E[ids][:, None] + own.sinusoidal(place + 1, model.D)[place]
    longer = []
    for block, cache in zip(model.blocks, caches, strict=True):
        gamma1, beta1, Win, into, Wout, out, gamma2, beta2, W1, b1, W2, b2 = block.params
        normal = own.layernorm(x, gamma1, beta1)[0]
        given = x if query else normal  # what keys and values are made of
        q = own.split(np.split(normal @ Win.T + into, 3, axis=-1)[0], block.heads)
        _, k, v = np.split(given @ Win.T + into, 3, axis=-1)
        k, v = own.split(k, block.heads), own.split(v, block.heads)
        seen = k, v
        if cache is not None:
            k, v = (np.concatenate(both, axis=2) for both in zip(cache, (k, v), strict=True))
        longer.append((k, v))
        found, _ = own.attention(q, *(seen if alone else (k, v)))
        x = x + own.merge(found) @ Wout.T + out
        wide = own.layernorm(x, gamma2, beta2)[0] @ W1.T + b1
        x = x + own.gelu(wide)[0] @ W2.T + b2
    return own.layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer


@mistake("kv_cache_step", "Every place gets the waves of place 0. The cache tells how many places "
         "there were: that is the row to add.")  # fmt: skip
def always_place_0(model, ids, caches=None):
    return _cached(model, ids, caches, first_place=True)


@mistake("kv_cache_step", "The new place looks at itself only. Its query meets the keys of all "
         "places so far, those in the cache and its own.")  # fmt: skip
def alone(model, ids, caches=None):
    return _cached(model, ids, caches, alone=True)


@mistake("kv_cache_step", "Keys and values are made of x before the norm. They come from the "
         "normalised x, as the query does.")  # fmt: skip
def before_the_norm(model, ids, caches=None):
    return _cached(model, ids, caches, query=True)
