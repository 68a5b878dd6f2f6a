"""The plan of a capstone, plan.md: its parts by the meaning of their headings, and its numbers.

    plan = read_plan(text)
    plan.parts["Metric"], plan.target, plan.baselines, plan.items, plan.seeds

People write plans in their own order and words, in other languages, as prose, lists and tables. A
part is found by a heading of any level, by a label such as "Metric:", or by the first cell of a
row; a number by the words in its sentence, list item or row. `plan_check` judges what was read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from undergrad.capstone.headings import heading, tidy, words
from undergrad.capstone.quantities import Number, Score, first_date, numbers, scores

NAME = "plan.md"
# A part of the plan: beginnings of words that mean it. After the bar: words that may stand
# anywhere, since their languages have no spaces.
_MEANINGS = {
    "Question": "question problem hypothes research frage pregunta | 問い 質問 課題 仮説 问题",
    "Data": "data dataset corpus daten datensatz datos donn | データ 数据",
    "Metric": "metric measure target success evaluat metrik kennzahl messgr ziel bewertung métri"
    " objecti | 指標 評価 目標 指标 目标",
    "Baseline": "baseline reference comparison vergleich referenz basislinie"
    " | 基準 比較 ベースライン 基线",
    "Size": "size sample power many large stichprobe umfang | 標本 サンプル 検出力 規模 样本",
    "Risk": "risk threat wrong risik gefahr riesgo risque | リスク 危険 懸念 风险",
    "Stop rule": "stop kill abort give giving abbruch aufh arrêt | 中止 停止 打ち切り 終了 撤退",
}
PARTS = ("Question", "Data", "Metric", "Baseline", "Risk", "Stop rule")  # that a plan must have


_MEANS = {name: words(listed) for name, listed in _MEANINGS.items()}
_TARGET = words("target goal reach success aim least ziel erreich objecti | 目標 目标 以上 達")
_AIM = words("target goal ziel objecti | 目標 目标")
_TEST = words("test episode held | テスト 試験 測試 测试")
_SEED = words("seed startwert zufallsstart | シード 种子")
_DEVIATION = words("standard std sd sigma | \u03c3 標準偏差 标准差")
# Such words beside a standard deviation say that two models were compared item by item.
_DIFFERENCE = re.compile(
    r"\b(?:of|in|der|des) (?:the |their |its |all |both )?(?:\w+ )?"
    r"(?:differences?|Differenz(?:en)?|Unterschieds?)\b|\bpaired\b|\bgepaart|差の",
    re.IGNORECASE,
)
_CORRELATION = words("correl korrel corr | 相関 相关")
_STEPS = words("step schritt pasos frames interact | ステップ 歩 步")
_HOURS = words("hour minute stunde heure hora | 時間 分 小时 分钟")
_SEARCH = words(
    "search planner planning mcts minimax suche planer recherche búsqueda | 探索 先読み 搜索"
)
_NO_MODEL = re.compile(r"\b(?:no|without an?|kein) model", re.IGNORECASE)
_WORLDS = words(
    "level episode start opponent map board seed game stufe gegner niveau"
    " | レベル 相手 エピソード シード 关卡 对手"
)
_APART = words(
    "held unseen different other separate apart new disjoint never only nothing neu andere"
    " | 別 未知 新 不同 だけ"
)
_HASH = words("hash sha digest fingerprint checksum prüfsumme fingerabdruck | ハッシュ 哈希")
_DIGEST = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b", re.IGNORECASE)
_IN_WORDS = {
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "zehn": 10, "trois": 3, "cinq": 5, "tres": 3,
}  # fmt: skip
_IN_WORDS_PATTERN = re.compile(rf"\b({'|'.join(_IN_WORDS)})\b", re.IGNORECASE)

_LABEL = re.compile(r"[\s>*+-]*(?:\d+[.)]\s*)?(?:\*\*|__)?([^\W\d_][^:|*_\n]{0,40}?)(?:\*\*|__)?:")
_ROW = re.compile(r"\s*\|\s*([^|]+?)\s*\|")
_BREAK = re.compile(r"(?<=[.!?;])\s+|。|\n(?=\s*(?:[|*+>-]|\d+[.)]\s))|\n{2,}")


@dataclass(frozen=True)
class Plan:
    """What a plan says. A number is None where none was found."""

    parts: dict[str, str]
    target: float | None
    baselines: tuple[Score, ...]
    items: int | None  # test items, or the episodes of an evaluation
    seeds: int | None
    seed_std: float | None  # standard deviation over seeds
    item_std: float | None  # standard deviation over test items
    paired: bool  # whether that is of the difference between two models on the same item
    corr: float | None  # of being right, between two models on the same item
    digest: str | None  # of the frozen split
    written: date | None
    bars: tuple[Score, ...] = ()  # the baselines that search in no model of the world
    searches: bool = False  # whether one does, or the plan says that there is no model
    steps: float | None = None  # of experience, for one training
    hours: float | None = None  # or minutes, that the work may take
    held_out: bool = False  # whether levels, starts or opponents are kept apart for the test


def read_plan(text: str) -> Plan:
    """What the plan says; any text can be read."""
    text = tidy(text)
    parts = sections(text)
    sentences = _sentences(text)
    baseline = _sentences(parts.get("Baseline", ""))
    deviations = [each for each in sentences if _DEVIATION.search(each)]
    over_items = [each for each in deviations if not _SEED.search(each)]
    return Plan(
        parts=parts,
        target=_target(parts.get("Metric", ""), sentences),
        baselines=_baselines(parts.get("Baseline", "")),
        items=_items((*_sentences(parts.get("Size", "")), *sentences)),
        seeds=_seeds(sentences),
        seed_std=_behind(_DEVIATION, [each for each in deviations if _SEED.search(each)]),
        item_std=_behind(_DEVIATION, over_items),
        paired=any(_DIFFERENCE.search(each) for each in over_items),
        corr=_behind(_CORRELATION, sentences),
        digest=_digest(sentences),
        written=first_date(text),
        bars=_baselines(parts.get("Baseline", ""), without=_SEARCH),
        searches=any(_SEARCH.search(each) or _NO_MODEL.search(each) for each in baseline),
        steps=_counted(_STEPS, sentences),
        hours=_counted(_HOURS, sentences),
        held_out=any(_WORLDS.search(each) and _APART.search(each) for each in sentences),
    )


def sections(text: str) -> dict[str, str]:
    """The parts of a plan, by name. A heading may mean several; text below a deeper heading without
    a meaning belongs to the part above it.

    A line "Metric: ..." or a row "| metric | ... |" also belongs to the part that it names.
    """
    found: dict[str, list[str]] = {}
    lines = tidy(text).splitlines()
    title = _title(lines)
    current: set[str] = set()
    level = 0
    for number, line in enumerate(lines):
        found_heading = heading(line)
        if found_heading and number != title:
            depth, name = found_heading
            means = _meanings(name)
            if means or depth <= level:
                current, level = means, depth
                for each in means:
                    found.setdefault(each, [])
        elif not found_heading:
            label = _ROW.match(line) or _LABEL.match(line)
            named = _meanings(label[1]) if label and len(label[1].split()) < 7 else set()
            if named and not level and not _ROW.match(line):
                current = named
            for each in named | current:
                found.setdefault(each, []).append(line)
    return {name: "\n".join(body).strip() for name, body in found.items()}


def _title(lines: Sequence[str]) -> int | None:
    """The line of the title: the first heading, when no other is of its level."""
    found = [(number, head[0]) for number, line in enumerate(lines) if (head := heading(line))]
    if len(found) < 2 or any(level <= found[0][1] for _, level in found[1:]):
        return None
    return found[0][0]


def _meanings(heading: str) -> set[str]:
    return {name for name, means in _MEANS.items() if means.search(heading)}


def _sentences(text: str) -> list[str]:
    """Sentences, list items and rows, each in one line."""
    return [" ".join(each.split()) for each in _BREAK.split(text) if each and each.strip()]


def _target(metric: str, sentences: Iterable[str]) -> float | None:
    """The number behind the word target; without the word, the only one of the part Metric."""
    own = _sentences(metric)
    named = [each for each in (*own, *sentences) if _TARGET.search(each)]
    value = _behind(_TARGET, named)
    if value is not None:
        return value
    alone = [n.value for each in own for n in numbers(each) if not n.is_whole]
    return alone[0] if len(alone) == 1 else None


def _baselines(part: str, without: re.Pattern[str] | None = None) -> tuple[Score, ...]:
    """The scores in the part Baseline, without the target, which is often repeated there.

    without: leaves out the sentences and rows in which this is found, too.
    """
    own = [each for each in _sentences(part) if not _AIM.search(each)]
    own = [each for each in own if without is None or not without.search(each)]
    return tuple(score for each in own for score in scores(each))


def _behind(word: re.Pattern[str], sentences: Iterable[str]) -> float | None:
    """The first number after the word in its sentence, or else the last one before it."""
    for sentence in sentences:
        found = word.search(sentence)
        near = _nearest(numbers(sentence), found.end()) if found else None
        if near:
            return near.value
    return None


def _nearest(found: Sequence[Number], at: int) -> Number | None:
    behind = [each for each in found if each.start >= at]
    return behind[0] if behind else found[-1] if found else None


def _items(sentences: Iterable[str]) -> int | None:
    """The first whole number close to a word for tests: "360 test images", "test items: 360"."""
    for sentence in sentences:
        counts = [each for each in numbers(sentence) if each.count and each.count > 9]
        for word in _TEST.finditer(sentence):
            close = [each for each in counts if -20 <= word.end() - each.start <= 0]
            close += [each for each in counts if _leads_to(word.start(), each, sentence)]
            if close:
                return close[-1].count
    return None


def _leads_to(at: int, number: Number, sentence: str) -> bool:
    """Whether a number counts the word at this place: "360 moved test images", with no comma."""
    return 0 <= at - number.end <= 25 and not re.search("[,;:(]", sentence[number.end : at])


def _seeds(sentences: Iterable[str]) -> int | None:
    """The whole number closest to the word seed, in digits or in words."""
    for sentence in sentences:
        for seed in _SEED.finditer(sentence):
            counts = [(each.start, each.count) for each in numbers(sentence) if each.is_whole]
            spelled = _IN_WORDS_PATTERN.finditer(sentence)
            counts += [(each.start(), _IN_WORDS[each[1].lower()]) for each in spelled]
            close = [(abs(start - seed.start()), count) for start, count in counts if count]
            distance, count = min(close, default=(99, 0))
            if distance < 25:
                return count
    return None


def _counted(word: re.Pattern[str], sentences: Iterable[str]) -> float | None:
    """The first number that counts the word, "10,000 steps"; in a row, that of its last cell."""
    for sentence in sentences:
        found = numbers(sentence)
        for at in word.finditer(sentence):
            close = [each for each in found if _leads_to(at.start(), each, sentence)]
            in_row = [each for each in found if sentence[0] == "|" and each.start > at.end()]
            if close or in_row:
                number = (close or in_row)[-1]
                return number.value if number.count is None else number.count
    return None


def _digest(sentences: Iterable[str]) -> str | None:
    """A run of hexadecimal digits in a sentence that speaks of a hash."""
    found = (_DIGEST.search(each) for each in sentences if _HASH.search(each))
    return next((each[0] for each in found if each), None)
