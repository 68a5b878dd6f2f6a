"""A model that adds half of the sums rightly learns on from a verifier: GRPO.

The base is fine-tuned until half of its sampled answers are right; it is chosen by accuracy and not
by step, since accuracy rises within a hundred steps. From there on it sees no answer but its own:
several are sampled for each sum, a program says which are right, and each is compared with the mean
of its group (Shao and others 2024). As in Liu and others 2025, nothing is divided by a standard
deviation or a length. Each batch is sampled by the model as it is and used once, so the clip of PPO
has nothing to do, and no reference model is kept.

The loss of such a step is minus the mean advantage, which is 0: it has the right gradient and says
nothing about progress. The curve to watch is the accuracy.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.engine import Tensor, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader
from undergrad.engine.training.callbacks import ClipGradients
from undergrad.runs.settings import setting
from undergrad.supervised import sums
from undergrad.supervised.preset import Experiment, Outcome, Preset
from undergrad.supervised.presets.text_llm import Llama

MARGIN = 0.15  # of sampled accuracy, gained over the base
_EVERY, _MEASURED = 25, 500  # steps between two measurements of the base, and sums for each


@dataclass(frozen=True)
class Settings(sums.Settings):
    epochs: int = setting(10, at_least=1, doc="evaluations")
    updates_per_epoch: int = setting(30, at_least=1, doc="each from new samples")
    prompts: int = setting(32, at_least=1, at_most=8_000, doc="sums in an update")
    group_size: int = setting(8, at_least=2, at_most=1_000, doc="sampled answers to each")
    start_accuracy: float = setting(0.5, above=0, below=1, doc="of the base's sampled answers")
    most_steps: int = setting(
        2_000, at_least=1, doc="of fine-tuning, at which it stops in any case"
    )
    policy_rate: float = setting(0.0005, above=0, doc="learning rate of AdamW in GRPO")


def base(settings: Settings, train: Array, rng: np.random.Generator) -> Llama:
    """A model that is right in about `start_accuracy` of its sampled answers."""
    model = sums.network(settings, rng)
    optimizer = optim.AdamW(list(model.parameters()), betas=(0.9, 0.98), weight_decay=0.01)
    known = sums.Answers(train)

    def reached(model: Llama) -> bool:
        return sums.accuracy(model, train[:_MEASURED], 0) >= settings.start_accuracy

    for step in range(1, settings.most_steps + 1):
        optimizer.param_groups[0]["lr"] = settings.learning_rate * min(1, step / 100)
        inputs, target = known[rng.integers(len(known), size=settings.batch_size)]
        optimizer.zero_grad()
        sums.answer_loss(model(inputs), target).backward()
        optim.clip_grad_norm_(list(model.parameters()), settings.max_grad_norm)
        optimizer.step()
        if step % _EVERY == 0 and reached(model):
            break
    return model


class Rounds:
    """Examples that are made when they are asked for: sampled answers and their advantages.

    The inputs are (n, T) tokens, the targets (2, n, T): the next token, and for each that the model
    wrote the advantage of its answer, elsewhere 0; n = prompts * group_size.
    """

    def __init__(self, model: Llama, table: Array, settings: Settings, rng: np.random.Generator):
        self.model, self.table, self.settings, self.rng = model, table, settings, rng

    def __len__(self) -> int:
        return self.settings.updates_per_epoch * self.settings.prompts

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        group = self.settings.group_size
        asked = self.rng.choice(len(self.table), size=len(indices), replace=False)
        table = np.repeat(self.table[asked], group, axis=0)
        said = sums.answers(self.model, table, self.rng)
        advantage = group_advantage(sums.verify(said, table).reshape(-1, group))
        credit = advantage.reshape(-1, 1) * sums.written(said)
        return said[:, :-1], np.stack([said[:, 1:], credit[:, 1:]]).astype(np.float32)


def group_advantage(reward: Array) -> Array:
    """How much better each answer is than the mean of its group: (prompts, group) -> the same."""
    advantage: Array = reward - reward.mean(axis=1, keepdims=True)
    return advantage


def grpo_loss(scores: Tensor, target: Tensor) -> Tensor:
    """Minus the sum of ratio times advantage over the tokens, averaged over the answers.

    The ratio compares with the policy that sampled, which is the same one: it is 1, and its
    gradient that of the log-probability.
    """
    token, advantage = target.data
    logp = scores.log_softmax(-1).gather(-1, token.astype(np.int64)[..., None])[..., 0]
    ratio = (logp - logp.data).exp()
    loss: Tensor = -(ratio * advantage).sum() / len(token)
    return loss


def build(settings: Settings, seed: int) -> Experiment:
    """A base that adds half of the sums, and rounds of its own answers."""
    rng = np.random.default_rng(seed)
    train, test = sums.split(rng)
    model = base(settings, train, rng)
    before = sums.accuracy(model, test, seed)
    rounds = Rounds(model, train, settings, rng)
    optimizer = optim.AdamW(
        list(model.parameters()), lr=settings.policy_rate, betas=(0.9, 0.98), weight_decay=0.0
    )

    def measure() -> dict[str, float]:
        return {"sampled answer": sums.accuracy(model, test, seed)}

    def judge() -> Outcome:
        sampled, greedy = sums.accuracy(model, test, seed), sums.accuracy(model, test, None)
        return Outcome(
            score=sampled,
            passed=sampled >= before + MARGIN,
            summary=(
                f"Of the sampled answers to {len(test):,} new sums, {sampled:.1%} are right, of "
                f"the base's {before:.1%}; of the most probable answers {greedy:.1%}."
            ),
            levels={"base": before},
        )

    return Experiment(
        model=model,
        batches=DataLoader(rounds, settings.prompts),
        loss=grpo_loss,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        callbacks=[ClipGradients(model, settings.max_grad_norm)],
    )


PRESET = Preset(
    name="sums-grpo",
    title="Add numbers with the verdicts of a program",
    what=(
        "A small LLaMA that adds half of the sums rightly samples eight answers to each and learns "
        "from a program that checks them. How much more often is it right on new sums?"
    ),
    pass_line=f"the fraction of right sampled answers at least {MARGIN} above that of the base",
    metric="sums right",
    settings=Settings(),
    build=build,
    seconds=60,
    megabytes=200,
    measured=(
        "0.1.0, one core of an AMD EPYC: seeds 1 and 2 go from 0.510 to 0.765 and from 0.563 to "
        "0.806; 25 and 27 s of processor time"
    ),
    plots=("learning",),
)
