"""The written half of a capstone's notebook: prose beside code, and the headings."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from undergrad.capstone.headings import headings as headings_of
from undergrad.capstone.headings import tidy
from undergrad.capstone.headings import words as meaning
from undergrad.capstone.notebook import Cell
from undergrad.capstone.report import Criterion, Problem, criterion

# What a reader looks for, and beginnings of the words by which a heading may say it.
_MEANINGS = {
    "Question": "question problem task goal motivation introduction hypothes aufgabe frage ziel"
    " einleitung pregunta objetivo introducci вопрос цель введение"
    " | 問い 課題 目的 はじめに 问题 目标 引言 任务 背景"
    " 問題 目標 任務 질문 문제 목표",
    "Data": "data dataset corpus images environment world daten umgebung donn datos dados entorno"
    " данн | データ 環境 数据 环境 資料 數據 데이터 환경",
    "Baseline": "baseline benchmark naive heuristic reference vergleich referenz basislinie línea"
    " базов | ベースライン 基準 基线 基准 对比 基線 기준",
    "Model": "model network architectur agent learner modell netz modelo modèle réseau"
    " red(?:es)?\\b cnn\\b rnn\\b mlp\\b модел сеть"
    " | モデル ネットワーク エージェント 模型 网络 智能体 網路 모델",
    "Training": "train learn fit optimi lernen entra entren apprentissage trein обучен"
    " | 学習 訓練 训练 학습 훈련",
    "Evaluation": "evaluat result test score performance accuracy auswert ergebnis résultat"
    " resultado evaluaci évaluation avalia оценк результат"
    " | 評価 結果 评估 结果 测试 評估 測試 평가 결과",
    "Errors": "erro failure mistake misclass worst confusion wrong fehler erreur fallo ошиб"
    " | 誤り エラー 失敗 错误 误差 失败 錯誤 오류",
    "Limits": "limit weakness caveat shortcoming threat discussion grenzen schwäch faiblesse"
    " огранич | 限界 制限 限制 课题 局限 不足 한계",
    "Rerun": "rerun reproduc repeat run environment wiederhol reproduz reproduire ejecutar"
    " воспроизв | 再現 再実行 复现 重现 运行 重現 재현 실행",
}
HEADINGS = tuple(_MEANINGS)
MEANS = {name: meaning(listed) for name, listed in _MEANINGS.items()}
WORDS, LINES, DIFFERENT = 25, 3, 0.4
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_WORD = 2  # characters of Chinese, Japanese or Korean that stand for a word


def beside_code(cells: Sequence[Cell]) -> Criterion:
    """Each code cell of more than 3 lines has prose of 25 words or more directly before it."""
    before = [None, *cells]
    problems = [
        problem
        for cell, previous in zip(cells, before, strict=False)
        if cell.kind == "code" and _lines(cell.source) > LINES
        for problem in _explained(cell, previous)
    ]
    problems += _repeated(cells)
    if not any(cell.kind == "code" for cell in cells):
        problems.append(
            Problem("the notebook has no code", todo="Write the first step.", name="no-code")
        )
    good = "every longer step says what it does and why"
    return criterion("prose", "Prose beside code", problems, good=good)


def headings(cells: Sequence[Cell]) -> Criterion:
    """The nine things that a reader looks for have a heading, in whatever words."""
    text = "\n\n".join(cell.source for cell in cells if cell.kind == "markdown")
    missing = missing_headings(text, HEADINGS)
    problems = []
    if missing:
        problems.append(
            Problem(
                f"no heading stands for {', '.join(missing)}",
                "the notebook",
                f"Add Markdown headings such as “## {missing[0]}”, each with a paragraph below it.",
                name="headings",
            )
        )
    return criterion("headings", "Headings", problems, good=f"all {len(HEADINGS)} are there")


def missing_headings(markdown: str, names: Sequence[str]) -> list[str]:
    """Which of `names` no heading of the text stands for."""
    found = [text for _, text in headings_of(markdown)]
    return [name for name in names if not any(MEANS[name].search(text) for text in found)]


def _lines(source: str) -> int:
    return sum(bool(line.strip()) for line in source.splitlines())


def words(markdown: str) -> int:
    """How many words of prose a Markdown cell has, without code blocks and headings.

    The same word again and again is no prose: it counts as often as is usual in a language.
    """
    lines = (line for line in tidy(markdown).splitlines() if not line.lstrip().startswith("#"))
    text = "\n".join(lines)
    found = _WORD.findall(_CJK.sub(" ", text))
    different = len({word.lower() for word in found})
    return min(len(found), int(different / DIFFERENT)) + len(_CJK.findall(text)) // _CJK_WORD


def _explained(cell: Cell, previous: Cell | None) -> Iterator[Problem]:
    if previous is None or previous.kind != "markdown":
        yield Problem(
            f"a code cell of {_lines(cell.source)} lines has no prose directly before it",
            cell.where,
            "Add a Markdown cell: what does this step do, and why is it needed here?",
            name="no-prose",
        )
    elif words(previous.source) < WORDS:
        yield Problem(
            f"the prose before this code has {words(previous.source)} of {WORDS} words required",
            cell.where,
            "Say what the step does, and why it is needed here.",
            name="short-prose",
        )


def _repeated(cells: Sequence[Cell]) -> list[Problem]:
    texts = [c.source.strip() for c in cells if c.kind == "markdown" and words(c.source) >= WORDS]
    return [
        Problem(
            f"the same text precedes {count} steps: “{text.splitlines()[0][:50]}”",
            "the notebook",
            "Explain each step in its own words.",
            name="repeated-prose",
        )
        for text, count in Counter(texts).items()
        if count > 1
    ]
