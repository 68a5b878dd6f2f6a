"""Notebooks that are written in another form: old, broken, in other languages, without headings."""

import json

import nbformat
from tests.capstone.corpus.case import (
    ALONE,
    NO_CLAIM,
    NO_HEADINGS,
    NO_PROSE,
    NO_TESTS,
    SHORT_PROSE,
    Case,
    code,
    md,
)

LONG = "a = 1\nb = 2\nc = a + b\nprint(c)"


def _in_format_3(text: str) -> str:
    return json.dumps(nbformat.convert(nbformat.reads(text, as_version=4), 3))


def _with_conflict(text: str) -> str:
    first, _, rest = text.partition('"cells"')
    return f'{first}<<<<<<< HEAD\n "cells"{rest}\n=======\n "cells": []\n>>>>>>> theirs\n'


R_KERNEL = Case(
    "r-kernel",
    (md("# Iris"), code("library(ggplot2)\nhead(iris)")),
    {("notebook", "other-language", "fail")},
    first="Only Python",
    metadata={"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
)

PYTHON_2 = Case(
    "python-2",
    (md("# From 2015"), code("print 'hello'"), code("print 3 / 2")),
    {("notebook", "python-2", "fail")},
    first="2to3",
    metadata={"kernelspec": {"name": "python2", "language": "python", "display_name": "2"}},
)

FORMAT_3 = Case(
    "format-3",
    (md("# Old"), code("x = 1")),
    {("notebook", "old-format", "fail")},
    first="undergrad capstone pair stranger",
    damage=_in_format_3,
)

CONFLICT = Case(
    "merge-conflict",
    (md("# Ours"), code("x = 1")),
    {("notebook", "conflict", "fail")},
    first="git checkout --ours",
    damage=_with_conflict,
)

CHINESE = Case(
    "chinese",
    (
        md("# 手写数字识别\n\n## 问题\n\n我们想知道一个小型网络能否胜过最近邻方法。"),
        md("## 数据集\n\n## 基线\n\n## 模型\n\n## 训练\n\n## 实验结果\n\n## 错误分析\n\n## 局限"),
        md(
            "## 复现\n\n首先读取数据并划分训练集与测试集,按书写者划分以避免泄漏,"
            "然后打印每一部分的大小,以便核对样本数量是否与计划一致,最后检查类别是否均衡。"
        ),
        code(LONG),
    ),
    NO_CLAIM | ALONE,
    NO_TESTS,
)

TRADITIONAL = Case(
    "traditional-chinese",
    (
        md("# 影像分類\n\n## 問題\n\n## 資料集\n\n## 基準\n\n## 模型\n\n## 訓練\n\n## 評估"),
        md("## 錯誤分析\n\n## 限制\n\n## 重現"),
    ),
    NO_CLAIM | ALONE | {("prose", "no-code", "fail")},
)

JAPANESE = Case(
    "japanese",
    (
        md("# 手書き数字\n\n## 課題\n\n## データの準備\n\n## ベースライン\n\n## モデル\n\n## 学習"),
        md(
            "## 結果\n\n## 失敗例\n\n## 限界\n\n## 再現方法\n\n"
            "ここではデータを読み込み、書いた人ごとに訓練用と試験用に分けます。"
            "同じ人の文字が両方に入ると、正解率が高く見えてしまうからです。"
        ),
        code(LONG),
    ),
    NO_CLAIM | ALONE,
    NO_TESTS,
)

KOREAN = Case(
    "korean-and-russian",
    (
        md("# 손글씨\n\n## 문제\n\n## 데이터\n\n## 기준선\n\n## 모델\n\n## 학습\n\n## 평가"),
        md("## Ошибки\n\n## Ограничения\n\n## Воспроизведение"),
        code("x = 1"),
    ),
    NO_CLAIM | ALONE,
)

NO_HEADING = Case(
    "no-headings",
    (
        md("We will fit a line."),
        code(LONG),
        code(LONG),
        md("It fits."),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS | NO_PROSE | SHORT_PROSE,
)

SETEXT = Case(
    "setext-and-html-headings",
    (
        md(
            "Motivation\n==========\n\nWhy?\n\nDataset\n-------\n\n<h2 align='center'>Baseline</h2>"
        ),
        md("<h2>Network architecture</h2>\n\n**Fitting**\n\n#### 5. Results\n\nWhat goes wrong"),
        md("### Failure cases\n\n<h3 id=l>Limitations</h3>\n\n## Reproducing this"),
        code("x = 1"),
    ),
    NO_CLAIM | ALONE,
)

ORDINARY = Case(
    "ordinary-titles",
    (
        md(
            "## 1. Introduction\n\n## 2. Loading and preprocessing the images\n\n## 3. Linear probe"
        ),
        md("## A simple heuristic to beat\n\n## Building the CNN\n\n## Optimisation"),
        md("## Accuracy on held-out images\n\n## Misclassified examples"),
        md("## Discussion\n\n## How to run it"),
        code("x = 1"),
    ),
    NO_CLAIM | ALONE,
)

REDUCED = Case(
    "red-is-not-a-network",
    (
        md("## Question\n\n## Data\n\n## Baseline\n\n## Reduce the noise\n\n## Training"),
        md("## Results\n\n## Errors\n\n## Limits\n\n## Rerun"),
        code("x = 1"),
    ),
    NO_CLAIM | ALONE | NO_HEADINGS,
)

TEMPLATE = Case(
    "put-into-the-template",
    (md("# Mine"), code("x = 1")),
    {("notebook", "out-of-step", "fail")},
    first="undergrad capstone pair stranger",
    into=True,
)

PAIRED = Case(
    "put-into-the-template-and-paired",
    (md("# Mine\n\nWhat does a small sum cost?"), code("x = 1\nprint(x)")),
    {
        ("evaluation", "no-claim", "fail"),
        ("plan", "template", "fail"),
        ("own-work", "unused-gradcheck", "fail"),
        ("yours", "template", "fail"),
    }
    | NO_HEADINGS,
    {("tests", "unused-tests", "attention")},
    first="Write the claim as JSON",
    into=True,
    paired=True,
)

FORMAT_3_PAIRED = Case(
    "format-3-and-paired",
    (md("# Old"), code("x = 1")),
    NO_CLAIM | ALONE | NO_HEADINGS,
    damage=_in_format_3,
    paired=True,
)

CASES = (
    PAIRED,
    FORMAT_3_PAIRED,
    R_KERNEL,
    PYTHON_2,
    FORMAT_3,
    CONFLICT,
    CHINESE,
    TRADITIONAL,
    JAPANESE,
    KOREAN,
    NO_HEADING,
    SETEXT,
    ORDINARY,
    REDUCED,
    TEMPLATE,
)
