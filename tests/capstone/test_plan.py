"""Plans in the manner of real people, and what each of them is told."""

import os
import re
import subprocess
from dataclasses import replace
from datetime import date

import pytest

from undergrad import capstone
from undergrad.capstone.plan import read_plan, sections
from undergrad.capstone.plan_check import first_run, plan, plan_problems
from undergrad.capstone.project import read_project
from undergrad.capstone.quantities import Score, first_date, numbers, scores

GOOD = """# Which exercise is it?

Written on 2026-03-01.

## Question

Can a small network tell from a watch which of seven exercises a new person does?

## Data

Recordings of ten people, split by person. Split hash: 9c1185a5c5e9fc54.

## Metric

Accuracy on new people. Target: 0.93.

## Baseline

- Trivial, always the most frequent exercise: 0.16, 95% interval 0.14 to 0.18.
- Softmax regression, tuned on validation: 0.90, 95% interval 0.88 to 0.92.

## Size

Test items: 1,360 recordings. Five seeds.

## Risk

The test people may move like nobody in training, and then all numbers drop.

## Stop rule

I stop after three evenings, or when five seeds are done.
"""

SHORT = """## Research question
Do two thirds of my photographs of mushrooms suffice to recognise the last third?

## What could go wrong
The photographs of one walk look alike, so a walk must not be split in two.

## Comparison
Majority class 41 % (37 % - 45 %); logistic regression on colours 70 % (66 % - 74 %).

## Success
At least 80 % accuracy on 420 test photographs, averaged over 3 seeds.

## Kill criterion
I give up after two weekends without a network above 74 %.

## Dataset
1,400 photographs of my own, 2026/02/11. SHA-256 of the test set: a3f09c1d77.
"""

GERMAN = """# Vorhaben: Vogelstimmen

Stand: 3. März 2026

## Fragestellung
Erkennt ein kleines Netz an drei Sekunden Gesang, welcher von fünf Vögeln es ist?

## Datensatz
2.400 Aufnahmen, nach Vogel getrennt aufgeteilt. Prüfsumme der Aufteilung: 0d41f2a98c.

## Metrik und Zielwert
Genauigkeit auf neuen Vögeln. Ziel: 0,92.

## Vergleichswerte
| Verfahren | Genauigkeit | Intervall |
|---|---|---|
| häufigste Klasse | 0,31 | 0,28 bis 0,34 |
| nächster Mittelwert | 0,84 | 0,81 bis 0,87 |

## Umfang
- Testaufnahmen: 1.200
- Startwerte: 4

## Risiken
Die Aufnahmen stammen von wenigen Orten, und ein anderer Wald klingt anders.

## Abbruchkriterium
Nach vier Abenden höre ich auf, oder wenn alle vier Startwerte gerechnet sind.
"""

JAPANESE = """# 計画

2026年3月1日

## 問い
小さなネットワークは、写真から五種類の葉を見分けることができるか。

## データ
自分で撮った葉の写真2000枚。木ごとに分割した。ハッシュ\uff1a7be1f00d22。

## 指標
テスト画像の正解率。目標は\uff10\uff0e\uff19\uff10とする。

## ベースライン
| 方法 | 正解率 | 区間 |
|---|---|---|
| 最頻クラス | 0.25 | 0.22\uff5e0.28 |
| ロジスティック回帰 | 0.80 | 0.77\uff5e0.83 |

## 規模
テスト画像1000枚、シード3個。

## リスク
同じ木の葉は似ているので、木をまたいで分ける必要がある。

## 中止の条件
三日たっても目標に届かなければ、そこで終わりにして理由を書く。
"""

TABLE = """| what | answer |
|---|---|
| date | 2026-04-02 |
| question | Does a network recommend better than the mean of each film? |
| data | 100,000 ratings, split by user; digest of the test users 77ab01cd9e |
| metric | accuracy of "liked it", target 0.75 |
| baseline, trivial | 0.55, interval 0.54 to 0.56 |
| baseline, mean of the film | 0.70, interval 0.69 to 0.71 |
| test items | 10,000 |
| seeds | 5 |
| risk | Users with few ratings may decide everything, and they are many. |
| stop rule | Two evenings, or five seeds; then it is written up as it is. |
"""

LABELS = """Plan (May 4, 2026)

**Question:** Can an RNN tell which of four composers wrote a melody of 16 notes?
**Data:** 3,000 melodies, split by work. Fingerprint of the split: c0ffee1234.
**Metric:** accuracy. Goal: 0.80
**Baseline:** chance, 0.25 ± 0.02; bigram counts, 0.70 ± 0.03
**Sample size:** 900 melodies for the test, 3 seeds
**Risk:** The keys give the composer away, and then it is not about melody at all.
**Stop:** One week. If the bigrams still win, I publish that they do.
"""

SETEXT = GOOD
for _name in ("Question", "Data", "Metric", "Baseline", "Size", "Risk", "Stop rule"):
    SETEXT = SETEXT.replace(f"## {_name}\n", f"{_name}\n{'-' * 8}\n")

OTHER_ORDER = "# Mine\n\nWritten on 2026-03-01.\n\n" + "\n".join(
    "## " + part for part in reversed(GOOD.split("## ")[1:])
)
ERROR_RATE = GOOD.replace("Target: 0.93", "Target: 0.05").replace(
    "0.16, 95% interval 0.14 to 0.18", "0.84, 95% interval 0.82 to 0.86"
).replace("0.90, 95% interval 0.88 to 0.92", "0.10, 95% interval 0.08 to 0.12")  # fmt: skip
REGRESSION = GOOD.replace("Target: 0.93", "Target: 2.1 degrees").replace(
    "0.16, 95% interval 0.14 to 0.18", "8.4, 95% interval 8.1 to 8.7"
).replace("0.90, 95% interval 0.88 to 0.92", "2.6, 95% interval 2.4 to 2.8")  # fmt: skip
WITH_STD = REGRESSION.replace(
    "Five seeds.", "Five seeds.\nThe absolute error has a standard deviation of 1.8 degrees."
)
WITH_FEW = WITH_STD.replace("1,360", "150")  # of 204; of the difference, 102 would do
OF_DIFFERENCE = WITH_FEW.replace(
    "The absolute error has a standard deviation of 1.8 degrees",
    "The standard deviation of the difference on the same item is 1.8 degrees",
)
CRLF = GOOD.replace("\n", "\r\n")
DEEPER = GOOD.replace("- Trivial", "### Trivial\n\nIt").replace(
    "- Softmax regression", "### Simple\n\nSoftmax regression"
)
PAIRED = GOOD.replace("1,360", "840").replace(
    "Five seeds.", "Five seeds. Both models read the same items; pilot correlation 0.4."
)
FENCED = GOOD + "\n```\n## Question\nTarget: 0.2\n```\n<!-- Seeds: 1 -->\n"

# The recordings of the whole dataset stand nearer to a word "test" than to their own.
LARGE = GOOD.replace(
    "split by person. Split hash:", "2,000 of them, hash of the test set:"
).replace("## Size\n\nTest items: 1,360 recordings.", "## How large\n\n400 test recordings.")

# name: (plan, target, items, seeds, the names of the problems that it is told)
PLANS = {
    "good": (GOOD, 0.93, 1360, 5, []),
    "synonyms, percentages": (SHORT, 0.80, 420, 3, []),
    "German": (GERMAN, 0.92, 1200, 4, []),
    "Japanese": (JAPANESE, 0.90, 1000, 3, []),
    "a table": (TABLE, 0.75, 10_000, 5, []),
    "labels in bold": (LABELS, 0.80, 900, 3, []),
    "underlined headings": (SETEXT, 0.93, 1360, 5, []),
    "another order": (OTHER_ORDER, 0.93, 1360, 5, []),
    "Windows": (CRLF, 0.93, 1360, 5, []),
    "deeper headings": (DEEPER, 0.93, 1360, 5, []),
    "code and comments": (FENCED, 0.93, 1360, 5, []),
    "paired": (PAIRED, 0.93, 840, 5, []),
    "few items": (GOOD.replace("1,360", "500"), 0.93, 500, 5, ["few-items"]),
    "few items of many": (LARGE, 0.93, 400, 5, ["few-items"]),
    "few paired items": (PAIRED.replace("840", "700"), 0.93, 700, 5, ["few-items"]),
    "few seeds": (GOOD.replace("Five seeds", "2 seeds"), 0.93, 1360, 2, ["few-seeds"]),
    "no seeds": (GOOD.replace(" Five seeds.", "").replace("five seeds", "I am"), 0.93, 1360, None,
                 ["no-seeds"]),
    "no items": (GOOD.replace("Test items: 1,360 recordings. ", ""), 0.93, None, 5, ["no-items"]),
    "no interval": (GOOD.replace(", 95% interval 0.88 to 0.92", ""), 0.93, 1360, 5,
                    ["no-interval"]),
    "one baseline": (re.sub(r"- Trivial.*\n", "", GOOD), 0.93, 1360, 5, ["few-baselines"]),
    "unscored": (re.sub(r": 0\.\d\d, 95% .*", ", and so on.", GOOD), 0.93, 1360, 5,
                 ["few-baselines"]),
    "too easy": (GOOD.replace("Target: 0.93", "Target: 0.85"), 0.85, 1360, 5,
                 ["target-not-above"]),
    "no target": (GOOD.replace("Target: 0.93", "As high as can be"), None, 1360, 5, ["no-target"]),
    "no date": (GOOD.replace("Written on 2026-03-01.\n", ""), 0.93, 1360, 5, ["no-date"]),
    "no hash": (GOOD.replace("9c1185a5c5e9fc54", "to be done"), 0.93, 1360, 5, ["no-hash"]),
    "an error rate": (ERROR_RATE, 0.05, 1360, 5, []),
    "regression": (REGRESSION, 2.1, 1360, 5, ["no-item-std"]),
    "regression with deviation": (WITH_STD, 2.1, 1360, 5, []),
    "regression with few items": (WITH_FEW, 2.1, 150, 5, ["few-items"]),
    "regression on the same items": (OF_DIFFERENCE, 2.1, 150, 5, []),
}  # fmt: skip


AGENT = """# Apples

Written on 2026-03-01.

## Question

Can an agent that sees three boards pick more apples than twenty lines of rules do?

## Data

None. It trains on the levels 0 to 9999; the levels 50,000 to 50,099 are kept only for the test.

## Metric

Mean number of apples. Target: 2.5.

## Baseline

- Random: 0.76, 95% interval 0.60 to 0.93.
- Script: 1.30, 95% interval 1.08 to 1.54.
- Search in a copy of the world: 3.11, 95% interval 2.88 to 3.35.

## Size

100 evaluation episodes, whose returns have a standard deviation of 1.2. Ten seeds; in a pilot,
their means had a standard deviation of 0.4 over seeds.

## Budget

200,000 steps for each seed, and 2 hours for all of them.

## Risk

The agent may learn to walk around and never mean an apple, so we count them apart.

## Stop rule

After three evenings, or when ten seeds are done.
"""

# name: (plan of an agent, the names of the problems that it is told)
AGENTS = {
    "good": (AGENT, []),
    "no search": (re.sub("- Search.*\n", "", AGENT), ["no-search"]),
    "no model": (
        re.sub("- Search.*\n", "- There is no model of this game.\n", AGENT), []
    ),
    "a planner": (AGENT.replace("Search in a copy of the world", "Planner"), []),
    "in German": (AGENT.replace("Search in a copy of the world", "Suche"), []),
    "no steps": (AGENT.replace("200,000 steps for each seed, and", "It takes"), ["no-budget"]),
    "no hours": (AGENT.replace("2 hours", "an evening"), ["no-budget"]),
    "minutes": (AGENT.replace("2 hours", "45 minutes"), []),
    "a table": (
        AGENT.replace("200,000 steps for each seed, and 2 hours for all of them.",
                      "| steps | 200,000 |\n| hours | 2 |"), []
    ),
    "one set of levels": (
        AGENT.replace("; the levels 50,000 to 50,099 are kept only for the test", "")
        .replace("and never mean an apple", "and mean no apple"), ["no-held-out"]
    ),
    "other opponents": (
        AGENT.replace("; the levels 50,000 to 50,099 are kept only for the test",
                      ". The test has opponents that it has never met"), []
    ),
    "below the script": (AGENT.replace("Target: 2.5", "Target: 1.2"), ["target-not-above"]),
    "few seeds": (AGENT.replace("of 0.4 over", "of 1.3 over"), ["few-seeds"]),
}  # fmt: skip


@pytest.mark.parametrize("name", AGENTS)
def test_the_plans_of_agents_are_told_what_they_lack(name, project):
    text, names = AGENTS[name]
    target = read_plan(text).target
    mine = written(project, text, target=target, kind="reinforcement")
    assert told(mine) == names, list(plan_problems(mine))


def test_a_bar_has_no_seeds_so_an_agent_needs_fewer_than_two_methods(project):
    """(2.8016 * 1.3 / 1.2)^2 + 1.92 = 11.13, whereas two methods would take 20."""
    mine = written(project, AGENTS["few seeds"][0], target=2.5, kind="reinforcement")
    (problem,) = plan_problems(mine)
    assert "needs 12" in problem.message


def test_a_search_of_parameters_is_a_baseline_of_a_network_like_any_other(project):
    text = GOOD.replace("Softmax regression, tuned on validation", "Best of a grid search")
    assert told(written(project, text.replace("0.93", "0.89"), target=0.89)) == ["target-not-above"]


def written(project, text, **changed):
    """The tiny project with this plan, its manifest in step with it."""
    (project / "plan.md").write_text(text, encoding="utf-8")
    return replace(read_project(project), **changed)


def told(project):
    return [problem.name for problem in plan_problems(project)]


@pytest.mark.parametrize("name", PLANS)
def test_plans_are_read_and_told_what_they_lack(name, project):
    text, target, items, seeds, names = PLANS[name]
    found = read_plan(text)
    assert (found.target, found.items, found.seeds) == (target, items, seeds)
    higher = "regression" not in name and name != "an error rate"
    mine = written(project, text, target=target or 0.93, higher_is_better=higher)
    assert told(mine) == names, list(plan_problems(mine))
    for problem in plan_problems(mine):
        assert "plan.md" in problem.where and problem.todo and problem.message, problem


@pytest.mark.parametrize("name", ["Question", "Data", "Metric", "Baseline", "Risk", "Stop rule"])
@pytest.mark.parametrize("how", ["missing", "empty", "almost empty", "template"])
def test_each_part_has_to_be_there_and_filled(name, how, project):
    body = {"empty": "", "almost empty": "Later.", "template": TEMPLATE_PARTS[name]}
    pieces = GOOD.split("## ")
    at = next(n for n, piece in enumerate(pieces) if piece.startswith(name))
    pieces[at] = "" if how == "missing" else f"{name}\n\n{body[how]}\n\n"
    text = "## ".join(piece for piece in pieces if piece)
    problems = list(plan_problems(written(project, text, target=0.93)))
    said = {"missing": f"has no part “{name}”", "empty": f"“{name}” is empty",
            "almost empty": f"“{name}” is almost empty",
            "template": f"“{name}” is still the template's text"}[how]  # fmt: skip
    assert any(said in problem.message and problem.state == "fail" for problem in problems), (
        problems
    )


TEMPLATE_PARTS = sections(
    (capstone.scaffold.data_path("templates") / "supervised/{{cookiecutter.slug}}/plan.md")
    .read_text("utf-8")
)  # fmt: skip


@pytest.mark.parametrize("kind", ["supervised", "reinforcement"])
def test_an_untouched_plan_is_the_template_whatever_the_day_and_the_name(kind, tmp_path):
    made = capstone.new(kind, "some long name", tmp_path, today=date(2025, 5, 6))
    (problem,) = plan_problems(read_project(made))
    assert (problem.name, problem.state) == ("template", "fail")
    path = made / "plan.md"
    path.write_text(path.read_text().replace("\n", "\r\n") + "\n\n")
    assert told(read_project(made)) == ["template"]


@pytest.mark.parametrize("kind", ["supervised", "reinforcement"])
def test_the_template_is_a_plan_that_works_out(kind, tmp_path):
    """Its numbers suffice, so that nobody learns from it how to plan too small."""
    made = capstone.new(kind, "x", tmp_path)
    path = made / "plan.md"
    path.write_text(path.read_text() + "\nOne line of my own.\n")
    problems = list(plan_problems(read_project(made)))
    parts = {"Question", "Data", "Metric", "Baseline", "Risk"}  # the line belongs to the last part
    assert {p.name for p in problems} == {"template-part"}
    assert {p.where.removeprefix("plan.md, ") for p in problems} == parts


@pytest.mark.parametrize(("text", "said"), [(None, "there is no plan.md"), ("", "is empty"),
                                            (" \n\n", "is empty")])  # fmt: skip
def test_no_plan_at_all(text, said, project):
    if text is None:
        (project / "plan.md").unlink()
    else:
        (project / "plan.md").write_text(text)
    (problem,) = plan(read_project(project)).problems
    assert said in problem.message and "before you train" in problem.todo


def test_any_bytes_are_a_plan_that_lacks_everything(project):
    (project / "plan.md").write_bytes(b"\xff\xfe\x00## \xe3\x81" + bytes(range(256)))
    assert plan(read_project(project)).state == "fail"


def test_two_targets_that_differ_are_both_named(project):
    (problem,) = plan_problems(written(project, GOOD, target=0.9))
    assert problem.name == "targets-differ"
    assert "0.93" in problem.message and "0.9" in problem.message


def test_seeds_are_computed_from_their_deviation(project):
    text = GOOD.replace("Five seeds.", "Five seeds, with a standard deviation of 0.03 over seeds.")
    (problem,) = plan_problems(written(project, text, target=0.93))
    assert problem.name == "few-seeds"
    assert "needs 17" in problem.message  # 2 (2.8016 * 0.03 / 0.03)^2 + 0.96 = 16.66
    wider = text.replace("0.03 over", "0.01 over")
    assert told(written(project, wider, target=0.93)) == []


def test_few_items_are_told_how_many_and_what_they_show(project):
    (problem,) = plan_problems(written(project, GOOD.replace("1,360", "500"), target=0.93))
    assert "it takes 1,359" in problem.message
    assert "500 show a difference of 0.048" in problem.message
    assert "correlation" in problem.todo


def test_what_is_missing_in_the_size_is_said_of_its_part(project):
    (problem,) = plan_problems(written(project, LARGE, target=0.93))
    assert problem.where == "plan.md, Size" and "400 test items do not show" in problem.message
    (problem,) = plan_problems(written(project, GOOD.replace("Five seeds", "2 seeds"), target=0.93))
    assert (problem.where, problem.name) == ("plan.md, Size", "few-seeds")


def test_a_plan_that_is_younger_than_the_first_checkpoint(project):
    (project / "checkpoints").mkdir()
    left = project / "checkpoints" / "seed-0.safetensors"
    left.write_bytes(b"")
    for day, names in ((date(2026, 3, 1), []), (date(2026, 2, 1), ["dated-late"])):
        seconds = (day - date(1970, 1, 1)).days * 86_400 + 43_200
        os.utime(left, (seconds, seconds))
        assert told(written(project, GOOD, target=0.93)) == names


def test_the_file_history_counts_more_than_the_files(project):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    (project / "results.json").write_text("{}")
    dated = {
        **os.environ,
        "GIT_AUTHOR_DATE": "2026-02-01T12:00:00",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "--no-verify", "-m", "all"]):
        subprocess.run([*git, *arguments], cwd=project, env=dated, check=True)
    assert first_run(project) == date(2026, 2, 1)
    assert told(written(project, GOOD, target=0.93)) == ["dated-late"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.95", [0.95]), ("95 %", [0.95]), ("0,95", [0.95]), ("97,5 %", [0.975]),
        ("1,360 images", [1360]), ("1 360 images", [1360]), ("12.5k", [12.5]), ("3x3", []),
        ("on 2026-03-01, 5 seeds", [5]), ("テスト画像1360枚", [1360]), ("from -3 to 4", [-3, 4]),
        ("v1.2.3", []), ("the 95% interval is 0.1", [0.1]),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, values):
    assert [each.value for each in numbers(text)][: len(values)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.84 [0.82, 0.86]", Score(0.84, 0.82, 0.86)),
        ("84 % (82 % to 86 %)", Score(0.84, 0.82, 0.86)),
        ("0.84 (95 % CI 0.82\u20130.86)", Score(0.84, 0.82, 0.86)),
        ("0.84 \u00b1 0.02", Score(0.84, 0.82, 0.86)),
        ("between 0.82 and 0.86", Score(0.84, 0.82, 0.86)),
        ("| knn | 0,84 | [0,82; 0,86] |", Score(0.84, 0.82, 0.86)),
        ("10 neighbours reach 0.84", Score(0.84)),
    ],
)
def test_scores_with_their_intervals(text, expected):
    (found,) = scores(text)
    assert found.value == pytest.approx(expected.value)
    assert (found.low is None) == (expected.low is None)
    if expected.low is not None:
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026/3/1", "1 March 2026", "March 1st, 2026", "1. M\u00e4rz 2026", "01.03.2026",
     "2026\u5e743\u67081\u65e5", "on 31 Foo 2026 and 2026-03-01"],
)  # fmt: skip
def test_dates_in_several_languages(text):
    assert first_date(text) == date(2026, 3, 1)


def test_a_title_is_no_part_and_several_meanings_are_several_parts():
    found = sections(
        "# My data plan\n\nHello.\n\n## Data and metric\n\nBoth.\n\n### Notes\n\nMore."
    )
    assert set(found) == {"Data", "Metric"}
    assert found["Data"] == found["Metric"] == "Both.\n\n\nMore."
