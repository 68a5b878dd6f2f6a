"""The measurements of the lesson, with small models made of LLaMA's blocks.

    python race.py        trains everything (a quarter of an hour) and writes race.md

Five sizes of the model of the preset `text-llm` read Moby-Dick for two lengths of training; the
smaller four give a power law, which predicts the fifth. One of the sizes also reads the novel
through the tokenizer of this unit, after more and fewer merges. Then a model that adds, made of the
functions of this unit, is taught a + b + 1 in several ways. At the end, the lesson's model of one
block, which writes three letters in order or backwards, is trained on pairs of which the backward
answer is the better one. Learning rates are chosen with a seed of their own, and the tables report
three others.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.engine import optim
from undergrad.supervised.language import (
    Corpus,
    RandomSequences,
    count_parameters,
    next_character_loss,
)
from undergrad.supervised.presets.text_llm import Llama, Settings

HERE = Path(__file__).resolve().parent
OWN = solved(load_answer_key(HERE))
OPTIM = solved(load_answer_key(course.unit_folder(course.load().unit("optim"))))
TO_CHOOSE, TO_REPORT = 100, (0, 1, 2)


def rate_at(step: int, steps: int, peak: float) -> float:
    """Warmed up over a tenth of the steps, then falling to 0."""
    return peak * min(10 * (step + 1) / steps, (steps - step) / (0.9 * steps))


def summary(numbers: list[float], form: str) -> str:
    return f"{np.mean(numbers):{form}} ± {np.std(numbers):{form}}"


# --- sizes ---------------------------------------------------------------------------------------

WIDTHS, LENGTHS, RATE = (8, 16, 24, 32, 48), (100, 400), 0.008
T, BATCH = 64, 16


@cache
def corpus() -> Corpus:
    """The novel, of whose test text the first 40,000 characters are used."""
    text = Corpus("book")
    text.test = text.test[:40_000]
    return text


@cache
def reader(width: int, steps: int, seed: int) -> tuple[int, float]:
    """Parameters, and bits per character of the test text, of a model of one width."""
    model = reading(corpus(), len(corpus().vocabulary), width, steps, RATE, seed)
    return count_parameters(model), corpus().bits(model, T)


def reading(text: Corpus, symbols: int, width: int, steps: int, peak: float, seed: int) -> Llama:
    """A model of one width after so many steps on random sequences of a training text."""
    rng = np.random.default_rng(seed)
    model = Llama(Settings(embedding_dim=width), symbols, rng)
    sequences = RandomSequences(text.train, T, 1, rng)
    optimizer = optim.AdamW(list(model.parameters()), betas=(0.9, 0.98), weight_decay=0.1)
    for step in range(steps):
        x, y = sequences[np.zeros(BATCH)]
        optimizer.param_groups[0]["lr"] = rate_at(step, steps, peak)
        optimizer.zero_grad()
        next_character_loss(model(x), y).backward()
        optim.clip_grad_norm_(list(model.parameters()), 1.0)
        optimizer.step()
    return model


def sizes() -> Iterator[str]:
    yield f"| width | parameters | {LENGTHS[0]} steps | {LENGTHS[1]} steps |"
    yield "|---|---|---|---|"
    counts, means = [], []
    for width in WIDTHS:
        runs = [[reader(width, steps, seed) for seed in TO_REPORT] for steps in LENGTHS]
        bits = [[each for _, each in of_length] for of_length in runs]
        counts.append(runs[0][0][0])
        means.append(np.mean(bits, axis=1))
        yield f"| {width} | {counts[-1]:,} | {' | '.join(summary(each, '.3f') for each in bits)} |"
    predicted = [f"{last_of(np.array(counts, float), each):.3f}" for each in np.array(means).T]
    yield f"| {width}, predicted | {counts[-1]:,} | {' | '.join(predicted)} |"


def last_of(P, losses) -> float:
    """The last loss, from the power law that fits the others best."""
    floor, A, alpha, *_ = OWN.fit_power_law(P[:-1], losses[:-1], np.inf)
    return floor + A * P[-1] ** -alpha


# --- tokenizers ----------------------------------------------------------------------------------

MERGES, RATES, WIDTH, LONG = (0, 100, 500), (0.008, 0.016, 0.032, 0.064), 48, 1000
TO_MERGE = 300_000  # characters, in which the pairs are found


@cache
def tokens(merges: int) -> tuple[Corpus, float]:
    """The novel as tokens, and the bytes of its test text for each of them."""
    text = Corpus("book")
    parts = [text.vocabulary.decode(part) for part in (text.train, corpus().test)]
    pairs = OWN.bpe_train(OWN.pre_split(parts[0][:TO_MERGE]), merges)
    text.train, text.test = (np.array(OWN.encode(part, pairs)) for part in parts)
    return text, len(parts[1].encode()) / len(text.test)


@cache
def bits_of_byte(merges: int, peak: float, seed: int) -> float:
    """Bits for each byte of the test text."""
    text, width_of_token = tokens(merges)
    model = reading(text, 256 + merges, WIDTH, LONG, peak, seed)
    return text.bits(model, T) / width_of_token


def tokenizers() -> Iterator[str]:
    yield "| merges | parameters | bytes per token | bits per token | bits per byte |"
    yield "|---|---|---|---|---|"
    for merges in MERGES:
        peak = min(RATES, key=lambda peak: bits_of_byte(merges, peak, TO_CHOOSE))
        bits = [bits_of_byte(merges, peak, seed) for seed in TO_REPORT]
        size = count_parameters(reading(tokens(merges)[0], 256 + merges, WIDTH, 0, RATE, 0))
        bytes_each = tokens(merges)[1]
        of_token = np.mean(bits) * bytes_each
        yield (
            f"| {merges} | {size:,} | {bytes_each:.2f} | {of_token:.2f} | {summary(bits, '.3f')} |"
        )


# --- sums ----------------------------------------------------------------------------------------

SUMS, TUNING = 1000, 200


def sums(rng, n: int = 32, more: int = 0):
    """37 + 58 as the ids of `37+58=590`, the digits of the sum from the last to the first."""
    a, b = rng.integers(100, size=(2, n))
    c, same = a + b + more, np.ones(n, int)
    columns = [a // 10, a % 10, 10 * same, b // 10, b % 10, 11 * same]
    ids = np.stack([*columns, c % 10, c // 10 % 10, c // 100], axis=1)
    return ids, np.tile(np.arange(9) >= 6, (n, 1))


def tuned(model, batch: Callable, steps: int, rate: float):
    """Trained by the learner's loop, one step at a time because the rate changes."""
    optimizer = OPTIM.AdamW(model.params, lr=rate, weight_decay=0.01)
    for step in range(steps):
        optimizer.lr = rate_at(step, steps, rate)
        OWN.finetune(model, optimizer, [[batch()]])
    return model


def fresh_adder(seed: int):
    return OWN.Llama(12, 48, 2, 4, 2, 128, np.random.default_rng(seed))


@cache
def adder(seed: int):
    rng = np.random.default_rng(seed)
    return tuned(fresh_adder(seed), lambda: sums(rng), SUMS, 0.006)


def sums_right(model) -> float:
    """The fraction of 1,000 sums, plus 1, of which all three digits are right."""
    ids, _ = sums(np.random.default_rng(7), 1000, more=1)
    said = model.forward(ids).argmax(axis=2)[:, :-1]
    return float((said == ids[:, 1:])[:, 5:].all(axis=1).mean())


def taught(side: str, rate: float, seed: int):
    """A model after 200 steps on a + b + 1."""
    rng = np.random.default_rng(seed + 1000)
    model = fresh_adder(seed) if side.endswith("scratch") else deepcopy(adder(seed))
    if side.startswith("LoRA"):
        rank = int(side.split()[-1])
        OWN.add_lora(model, rank, rank, rng)
    return tuned(model, lambda: sums(rng, more=1), TUNING, rate)


def teaching() -> Iterator[str]:
    yield "| what is trained | parameters | rate | right |"
    yield "|---|---|---|---|"
    for side, rates in {
        "LoRA, rank 1": (0.01, 0.03),
        "LoRA, rank 4": (0.01, 0.03),
        "all": (0.001, 0.003),
        "all, from scratch": (0.003, 0.01),
    }.items():
        rate = max(rates, key=lambda rate: sums_right(taught(side, rate, TO_CHOOSE)))
        models = [taught(side, rate, seed) for seed in TO_REPORT]
        count = sum(each.size for each in models[0].params)
        yield f"| {side} | {count:,} | {rate} | {summary([sums_right(m) for m in models], '.3f')} |"


# --- three letters -------------------------------------------------------------------------------

STEPS, PAIRS = 800, (0, 10, 50)
END, IS, ORDER, BACK = range(4)
FIRST = 4  # of the answer, which begins with its style


def chats(rng, back, n: int = 32):
    """Three letters, and the same letters in order or backwards: ids (n, 9), mask (n, 9)."""
    words = rng.integers(4, 14, size=(n, 3))
    back = np.broadcast_to(back, (n, 1))
    style, answer = np.where(back, BACK, ORDER), np.where(back, words[:, ::-1], words)
    ids = np.concatenate([words, IS + 0 * style, style, answer, END + 0 * style], axis=1)
    return ids, np.tile(np.arange(9) >= FIRST, (n, 1))


def both(rng):
    return chats(rng, rng.integers(2, size=(32, 1)))


def fresh(seed: int):
    return OWN.Llama(14, 32, 1, 4, 2, 85, np.random.default_rng(seed))


@cache
def base(seed: int):
    """A model that has learned both styles, each half of the time."""
    rng = np.random.default_rng(seed)
    return tuned(fresh(seed), lambda: both(rng), STEPS, 0.015)


def right(model, given: int = FIRST) -> float:
    """The mean probability of the right answer backwards, from token `given` on."""
    ids, _ = chats(np.random.default_rng(7), True, 1000)
    mask = np.tile(np.arange(9) >= given, (1000, 1))
    return float(np.exp(OWN.answer_logp(model.forward(ids), ids, mask)[0]).mean())


def preferring(beta: float, seed: int) -> Iterator[tuple[float, ...]]:
    """Now and then: both gains, margins in the right order, and right answers in both senses."""
    rng, model, reference = np.random.default_rng(seed), deepcopy(base(seed)), base(seed)
    optimizer = OPTIM.AdamW(model.params, lr=0.003, weight_decay=0.0)
    for step in range(PAIRS[-1] + 1):
        better, mask = chats(rng, True)
        worse = np.concatenate(
            [better[:, :FIRST], 0 * better[:, :1] + ORDER, better[:, :3], better[:, -1:]], axis=1
        )
        ids, mask = np.concatenate([better, worse]), np.concatenate([mask, mask])
        ref, _ = OWN.answer_logp(reference.forward(ids), ids, mask)
        logp, kept = OWN.answer_logp(model.forward(ids), ids, mask)
        gains = np.split(logp - ref, 2)
        _, g_w, g_l = OWN.dpo_loss(*np.split(logp, 2), *np.split(ref, 2), beta)
        gradients = model.backward(OWN.answer_logp_backward(np.concatenate([g_w, g_l]), kept))
        if step in PAIRS:
            yield gains[0].mean(), gains[1].mean(), right(model), right(model, FIRST + 1)
        optimizer.step(gradients)


def preferences() -> Iterator[str]:
    gains = "gain of the better | gain of the worse"
    yield f"| strength $\\beta$ | steps | {gains} | right | right after `<` |"
    yield "|---|---|---|---|---|---|"
    for beta in (0.1, 1.0):
        runs = np.array([list(preferring(beta, seed)) for seed in TO_REPORT])
        for step, found in zip(PAIRS, runs.transpose(1, 2, 0), strict=True):
            cells = [f"{beta}", f"{step}", *(summary(each, ".2f") for each in found)]
            yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    tables = []
    for table in (sizes, tokenizers, teaching, preferences):
        lines = []
        for line in table():
            lines.append(line)
            print(line, flush=True)
        tables.append("\n".join(lines) + "\n")
    (HERE / "race.md").write_text("\n".join(tables), encoding="utf-8")
