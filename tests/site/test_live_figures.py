"""The figures that move compute in the page what the lesson's Python computes."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from tests.course import gate

from undergrad.checker.answer_key import solved
from undergrad.locate import data_path

NODE = shutil.which("node")
SCRIPTS = {path.stem: path for path in sorted(data_path("curriculum").glob("*/*/figures/*.js"))}
_RUN = """
globalThis.window = {}
require(process.argv[1])
const [figure] = window.undergradFigures
const initial = () => ({
  ...Object.fromEntries(Object.entries(figure.handles).map(([name, each]) => [name, each.start])),
  ...figure.start(),
})
const given = JSON.parse(process.argv[2])
const states = given.map(({ state, press, times }) => {
  let now = { ...initial(), ...state }
  for (let n = 0; n < times; n += 1) now = figure.buttons[press](now)
  return { state: now, say: figure.say(now), marks: figure.marks(now) }
})
console.log(JSON.stringify(states))
"""
needs_node = pytest.mark.skipif(NODE is None, reason="needs node")


def played(name, *given):
    """What a figure shows after `times` presses of a button, from each state."""
    command = [str(NODE), "-e", _RUN, str(SCRIPTS[name]), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def solution_of(unit):
    return solved(gate.answer_key(gate.loaded().unit(unit)))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_lesson_has_a_place_for_it_with_a_picture_for_paper(name):
    lesson = (SCRIPTS[name].parents[1] / "unit.md").read_text("utf-8")
    _, _, inside = lesson.partition(f'<div class="ug-live" data-figure="{name}" markdown="1">\n\n')
    assert inside.startswith("![") and "\n\n</div>\n" in inside


@needs_node
@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_describes_is_whole(name):
    [shown] = played(name, {"state": {}, "press": "", "times": 0})
    assert shown["say"] and all(mark["at"] for mark in shown["marks"])
    assert {mark["kind"] for mark in shown["marks"]} <= {"line", "dots", "gaps"}


@needs_node
def test_the_line_takes_the_steps_of_first_ten():
    solution = solution_of("first-ten")
    c = np.arange(-20.0, 41.0, 10.0)
    given = [
        {"state": {"w": w, "b": b, "lr": lr}, "press": press, "times": times}
        for w, b, lr in np.random.default_rng(0).uniform([-1, -20, 1e-4], [4, 80, 1.5e-3], (20, 3))
        for press, times in (("One step", 3), ("20 steps", 1))
    ]
    for start, shown in zip(given, played("line", *given), strict=True):
        w, b, lr = start["state"].values()
        for _ in range(start["times"] if start["press"] == "One step" else 20):
            w, b = solution.step(w, b, c, 1.8 * c + 32, lr)
        np.testing.assert_allclose([shown["state"]["w"], shown["state"]["b"]], [w, b], rtol=1e-12)
        loss = solution.mse(solution.predict(w, b, c), 1.8 * c + 32)
        assert f"loss {loss:.2f}." in shown["say"]


@needs_node
def test_the_parabola_takes_the_steps_of_descent():
    solution = solution_of("descent")
    given = [{"state": {"lr": lr}, "press": "5 steps", "times": 2} for lr in (0.1, 0.5, 0.9, 1.1)]
    for start, shown in zip(given, played("parabola", *given), strict=True):
        lr = start["state"]["lr"]
        path = solution.descend(lambda x: 2 * x, x0=4.0, lr=lr, steps=10, tol=0.0)
        found = shown["state"]["path"]
        np.testing.assert_allclose(found[: len(path)], np.ravel(path), rtol=1e-12, atol=1e-15)


@needs_node
def test_the_nudges_measure_as_derivatives_does():
    solution = solution_of("derivatives")
    x = np.linspace(0.5, 1.5, 50)
    given = [{"state": {"k": k}, "press": "", "times": 0} for k in range(-5, 0)]
    for start, shown in zip(given, played("nudges", *given), strict=True):
        h = 10.0 ** start["state"]["k"]
        both = abs(solution.central_diff(np.exp, x, h) - np.exp(x)).max()
        one = abs((np.exp(x + h) - np.exp(x)) / h - np.exp(x)).max()
        [(_, first), (_, second)] = shown["marks"][2]["at"]
        # Below this distance both errors consist of rounding, which need not be the same.
        np.testing.assert_allclose([first, second], np.log10([one, both]), atol=0.05)


@needs_node
def test_the_likelihood_is_highest_at_two_thirds_and_says_the_cross_entropy():
    cross_entropy = solution_of("likelihood").cross_entropy
    p = np.array([2 / 3, 1 / 3])
    given = [{"state": {"q": q, "days": 30}, "press": "", "times": 0} for q in (0.1, 0.66, 0.9)]
    for start, shown in zip(given, played("explains", *given), strict=True):
        q = start["state"]["q"]
        said = f"{cross_entropy(p, np.array([q, 1 - q])):.3f}; at the maximum "
        assert said + f"{cross_entropy(p, p):.3f}." in shown["say"]
        chance, height = max(shown["marks"][0]["at"], key=lambda point: point[1])
        assert abs(chance - 2 / 3) <= 0.005 and height <= 1


@needs_node
def test_the_positives_follow_the_rule_of_bayes():
    bayes = solution_of("probability").bayes
    rates = np.random.default_rng(0).uniform([0, 0.5, 0.001], [0.2, 1, 0.2], (10, 3))
    given = [
        {"state": {"ill": ill, "found": found, "alarm": alarm}, "press": "", "times": 0}
        for ill, found, alarm in rates.tolist()
    ]
    for (ill, found, alarm), shown in zip(rates, played("positives", *given), strict=True):
        posterior = bayes(np.array([ill, 1 - ill]), np.array([found, alarm]))[0]
        [(_, height)] = shown["marks"][2]["at"]
        np.testing.assert_allclose(height, posterior, rtol=1e-12)


@needs_node
def test_the_lookup_reads_what_attention_reads():
    attention = solution_of("attention").attention
    keys, values = np.eye(2), np.array([[10.0], [20.0]])
    given = [
        {"state": {"angle": angle, "size": size}, "press": "", "times": 0}
        for angle in (-60, 0, 45, 130)
        for size in (0.5, 2, 6)
    ]
    for start, shown in zip(given, played("lookup", *given), strict=True):
        turn = np.deg2rad(start["state"]["angle"])
        query = start["state"]["size"] * np.array([[np.cos(turn), np.sin(turn)]])
        output, _ = attention(query, keys, values)
        assert f"Output: {output[0, 0]:.3f}." in shown["say"]


@needs_node
def test_the_triad_takes_semi_gradient_steps():
    semi_gradient = solution_of("dqn").semi_gradient
    one, two, end = np.array([[1.0], [2.0], [0.0]])
    table, other = np.eye(2)
    ways = [(one, two), (one, end), (one, two), (table, other)]
    given = [
        {"state": {"which": which, "gamma": gamma, "lr": lr}, "press": "", "times": 0}
        for which in range(4)
        for gamma, lr in ((0.9, 0.1), (0.3, 0.2))
    ]
    for start, shown in zip(given, played("triad", *given), strict=True):
        which, gamma, lr = start["state"].values()
        x, after = ways[which]
        w = np.ones(len(x))
        for _ in range(100):
            w = w - lr * semi_gradient(w, x, 0.0, after, gamma)
            if which == 2:
                w = w - lr * semi_gradient(w, two, 0.0, end, gamma)
        assert f"after 100 steps: w = {w[0]:.3f}." in shown["say"]
