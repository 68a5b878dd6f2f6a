"""The figures that move compute in the page what the lesson's Python computes."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.course import gate

import undergrad
from undergrad.checker.answer_key import solved
from undergrad.locate import data_path

NODE = shutil.which("node")
KINDS = {"line", "dots", "gaps", "arrows", "bars", "cells", "boxes", "words"}
POLICIES = Path(undergrad.__file__).parent / "site" / "policies"
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
  const buttons = { ...figure.buttons, "": each => each }
  for (let n = 0; n < times; n += 1) for (const each of [press].flat()) now = buttons[each](now)
  const { moves, ask, answer } = figure
  const ends = Object.fromEntries(Object.entries(figure.handles).map(([name, { from, to }]) =>
    [name, [from, to]]))
  return { state: now, say: figure.say(now), marks: figure.marks(now), moves, ask, answer, ends,
    buttons: Object.keys(figure.buttons) }
})
console.log(JSON.stringify(states))
"""
needs_node = pytest.mark.skipif(NODE is None, reason="needs node")


def played(name, *given):
    """What a figure shows after `times` presses of a button, or of several, from each state."""
    command = [str(NODE), "-e", _RUN, str(SCRIPTS[name]), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def solution_of(unit):
    return solved(gate.answer_key(gate.loaded().unit(unit)))


def test_all_of_them_are_as_small_as_the_page_says():
    page = (data_path("docs") / "how-it-works.md").read_text("utf-8")
    for files, kind in ((SCRIPTS.values(), "JavaScript"), (POLICIES.glob("*.json"), "JSON")):
        limit = float(re.search(rf"less than (\d+) kB of {kind}", page)[1])
        assert limit / 2 < sum(path.stat().st_size for path in files) / 1000 < limit


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_lesson_has_a_place_for_it_with_a_picture_for_paper(name):
    lesson = (SCRIPTS[name].parents[1] / "unit.md").read_text("utf-8")
    [place] = re.findall(
        rf'<div class="ug-live( ug-both)?" data-figure="{name}" markdown="1">', lesson
    )
    _, _, inside = lesson.partition(
        f'<div class="ug-live{place}" data-figure="{name}" markdown="1">\n\n'
    )
    assert inside.startswith("![") and "\n\n</div>\n" in inside


@needs_node
@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_describes_is_whole(name):
    [shown] = played(name, {"state": {}, "press": "", "times": 0})
    assert shown["say"] and all(mark["at"] for mark in shown["marks"])
    assert {mark["kind"] for mark in shown["marks"]} <= KINDS
    assert shown["moves"].endswith(".") and shown["ask"].endswith("?")
    assert shown["ask"][0].islower() and shown["answer"].endswith(".")


@needs_node
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_button_and_both_ends_of_every_slider_can_be_shown(name):
    [shown] = played(name, {"state": {}, "press": "", "times": 0})
    given = [
        {"state": {}, "press": each, "times": times}
        for each in shown["buttons"]
        for times in (1, 3)
    ]
    for handle, (start, end) in shown["ends"].items():
        given += [{"state": {handle: value}, "press": "", "times": 0} for value in (start, end)]
    for each in played(name, *given):
        assert "NaN" not in each["say"] and "undefined" not in each["say"]
        numbers = [part for mark in each["marks"] for point in mark["at"] for part in point]
        assert None not in numbers  # NaN and Infinity become null


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


@needs_node
def test_the_hinge_is_the_network_of_forward():
    solution = solution_of("forward")
    c = np.arange(-10.0, 51.0)[:, None]
    draws = np.random.default_rng(0).uniform([-2, -40, -2, -40], [2, 40, 2, 40], (10, 4))
    names = ("w1", "b1", "w2", "b2")
    given = [
        {"state": dict(zip(names, draw, strict=True)), "press": press, "times": 1}
        for draw in draws.tolist()
        for press in ("ReLU on or off", "")
    ]
    for start, shown in zip(given, played("hinge", *given), strict=True):
        w1, b1, w2, b2 = (start["state"][name] for name in names)
        layers = [(np.array([[w1], [w2]]), np.array([b1, b2])), (np.ones((1, 2)), np.zeros(1))]
        act = solution.relu if not start["press"] else lambda z: z
        output, _ = solution.mlp_forward(c, layers, act)
        np.testing.assert_allclose(shown["marks"][3]["at"], np.hstack([c, output]), atol=1e-12)


@needs_node
def test_the_chain_has_the_gradients_of_backprop():
    solution = solution_of("backprop")
    draws = np.random.default_rng(0).uniform(-3, 3, (20, 4))
    given = [
        {"state": dict(zip("xwbv", draw, strict=True)), "press": "All gradients", "times": 1}
        for draw in draws.tolist()
    ]
    for (x, w, b, v), shown in zip(draws, played("chain", *given), strict=True):
        z, first = solution.linear(np.array([[x]]), np.array([[w]]), np.array([b]))
        h, between = solution.relu(z)
        o, last = solution.linear(h, np.array([[v]]), np.zeros(1))
        gh, gv, _ = solution.linear_backward(2 * (o - 5), last)
        gz = solution.relu_backward(gh, between)
        _, gw, gb = solution.linear_backward(gz, first)
        found = (1.0, 2 * (o - 5), gv, gh, gz, gw, gb)
        said = [float(text) for _, _, text in shown["marks"][3]["at"]]
        np.testing.assert_allclose(said, [float(np.squeeze(each)) for each in found], atol=0.0051)


@needs_node
def test_the_valley_is_crossed_by_the_optimisers_of_optim():
    solution = solution_of("optim")
    made = (
        solution.SGD,
        lambda params, lr: solution.SGD(params, lr, momentum=0.9),
        solution.Adam,
    )
    given = [
        {"state": {"rule": rule, "lr": lr}, "press": "20 steps", "times": 2}
        for rule in range(3)
        for lr in (-2, -1.2, -0.5)
    ]
    for start, shown in zip(given, played("valley", *given), strict=True):
        w = np.array([-4.0, 1.0])
        optimiser = made[start["state"]["rule"]]([w], 10.0 ** start["state"]["lr"])
        for _ in range(40):
            optimiser.step([np.array([1.0, 25.0]) * w])
        np.testing.assert_allclose(shown["state"]["path"][-1], w, rtol=1e-9)


@needs_node
def test_the_signal_is_that_of_init_norm_for_every_variance():
    solution = solution_of("init-norm")
    acts = {"": lambda z: np.maximum(z, 0), "ReLU on or off": lambda z: z}
    given = [
        {"state": {"gain": gain}, "press": press, "times": 1} for gain in (1, 3) for press in acts
    ]
    for start, shown in zip(given, played("signal", *given), strict=True):

        def weights(shape, rng, gain=start["state"]["gain"]):
            return solution.he_normal(shape, rng) * np.sqrt(gain / 2)

        rng = np.random.default_rng(0)
        x = rng.normal(size=(200, 100))
        sizes = solution.forward_stats(x, 50, weights, acts[start["press"]], rng)
        height = np.array(shown["marks"][1]["at"])[:, 1]
        np.testing.assert_allclose(height, np.log10(np.r_[np.mean(x**2), sizes])[::2], atol=0.001)


@needs_node
def test_the_penalties_are_lowest_where_the_figure_says():
    solution = solution_of("regularise")
    given = [
        {"state": {"a": a, "lam": lam}, "press": "", "times": 0}
        for a in (-1.5, 0.5, 3)
        for lam in (0, 0.7, 2)
    ]
    grid = np.linspace(-2, 4, 6001)
    for start, shown in zip(given, played("penalties", *given), strict=True):
        a, lam = start["state"].values()
        for penalty, curve, dot in (("l2_penalty", 1, 3), ("l1_penalty", 2, 4)):
            total = [
                (w - a) ** 2 / 2 + getattr(solution, penalty)(np.array([w]), lam)[0] for w in grid
            ]
            np.testing.assert_allclose(np.array(shown["marks"][curve]["at"])[:, 1], total[::50])
            [(w, height)] = shown["marks"][dot]["at"]
            np.testing.assert_allclose([w, height], [grid[np.argmin(total)], min(total)], atol=1e-3)


@needs_node
def test_the_kernel_gives_the_output_of_conv():
    conv2d = solution_of("conv").conv2d
    kernels = np.array(
        [
            [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
            [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
            np.full((3, 3), 1 / 9),
            [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
        ]
    )
    given = [
        {"state": {"which": which}, "press": "Move the image right", "times": times}
        for which in range(4)
        for times in (0, 2)
    ]
    for start, shown in zip(given, played("kernel", *given), strict=True):
        image = np.array([shade for _, _, shade in shown["marks"][1]["at"]]).reshape(1, 1, 8, 8)
        positive, negative = (
            np.array([shade for _, _, shade in shown["marks"][n]["at"]]).reshape(6, 6)
            for n in (2, 3)
        )
        kernel = kernels[start["state"]["which"]][None, None]
        output = conv2d(image, kernel, np.zeros(1))[0][0, 0]
        np.testing.assert_allclose(positive - negative, output / abs(output).max(), atol=1e-12)


@needs_node
def test_the_factors_are_those_of_backpropagation_through_time():
    solution = solution_of("sequence")
    states = [
        {"weight": weight, "h": h, "bias": bias}
        for weight, h, bias in ((0.5, 0.5, -1), (1.5, 0.25, 1), (3, 0, 4))
    ]
    given = [{"state": state, "press": "", "times": 0} for state in states]
    one, steps = np.ones((1, 1)), 11
    for state, shown in zip(states, played("factors", *given), strict=True):
        weight, h, bias = state.values()
        x = np.full((1, steps, 1), np.arctanh(h) - weight * h)  # keeps the state where it is
        _, cache = solution.rnn_forward(x, h * one, (one, weight * one, np.zeros(1)))
        g = np.zeros((1, steps, 1))
        g[0, -1] = 1
        left = solution.rnn_backward(g, cache)[0][0, :, 0]
        still = np.zeros((4, 1)), np.zeros((4, 1)), np.array([0, bias, 0, 0.0])
        _, _, cells = solution.lstm_forward(np.zeros((1, steps, 1)), 0 * one, 0 * one, still)
        cell = solution.lstm_backward(0 * g, one, cells)[2]
        rnn, lstm = (np.array(shown["marks"][n]["at"])[:, 1] for n in (1, 2))
        np.testing.assert_allclose(rnn[10], np.log10(left[0] / left[-1]), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(lstm[steps], np.log10(cell[0, 0]), rtol=1e-9)


@needs_node
def test_the_distance_compares_the_positions_of_transformer():
    sinusoidal = solution_of("transformer").sinusoidal
    given = [
        {"state": {"t": t, "half": half}, "press": "", "times": 0}
        for t in (0, 10, 41)
        for half in (1, 8, 32)
    ]
    for start, shown in zip(given, played("distance", *given), strict=True):
        t, half = start["state"].values()
        P = sinusoidal(50, 2 * half)
        height = np.array(shown["marks"][1]["at"])[:, 1]
        np.testing.assert_allclose(height, P @ P[t] / half, atol=1e-12)


@needs_node
def test_the_filter_is_the_sample_filter_of_llm():
    sample_filter = solution_of("llm").sample_filter
    tokens = [[0.5, 0.25, 0.15, 0.07, 0.03], [0.1] * 10, [0.4] + [0.6 / 9] * 9]
    given = [
        {
            "state": {"temperature": temperature, "topK": k, "topP": p, "minP": low},
            "press": "Other tokens",
            "times": times,
        }
        for times in range(3)
        for temperature in (0.5, 1, 2)
        for k, p, low in ((10, 0.75, 0), (3, 0.55, 0), (10, 1, 0.25), (4, 0.9, 0.15), (10, 1, 0))
    ]
    for start, shown in zip(given, played("filter", *given), strict=True):
        state = start["state"]
        wanted = sample_filter(
            np.log(tokens[start["times"]]),
            state["temperature"], state["topK"], state["topP"], state["minP"],
        )  # fmt: skip
        height = [y for _, y in shown["marks"][0]["at"]]
        np.testing.assert_allclose(height, wanted, rtol=1e-9, atol=1e-12)


@needs_node
def test_the_projection_is_that_of_vectors():
    solution = solution_of("vectors")
    draws = np.random.default_rng(0).uniform([-2, -1, 0, 0.5], [4, 4, 180, 5], (20, 4))
    given = [
        {
            "state": dict(zip(("x", "y", "angle", "length"), draw, strict=True)),
            "press": "",
            "times": 0,
        }
        for draw in draws.tolist()
    ]
    for (x, y, angle, length), shown in zip(draws, played("projection", *given), strict=True):
        turn, v = np.deg2rad(angle), np.array([x, y])
        u = length * np.array([np.cos(turn), np.sin(turn)])
        [found] = shown["marks"][4]["at"]
        np.testing.assert_allclose(found, solution.project(v, u[:, None]), rtol=1e-9, atol=1e-12)
        said = float(shown["say"].rpartition("cosine ")[2].rstrip("."))
        assert said == pytest.approx(solution.cosine(u, v), abs=0.0051)


@needs_node
def test_the_grid_rounds_as_half_precision_does():
    machine_eps = solution_of("floats").machine_eps
    numbers = [1.0, 1.1, 2.3, 3.337, 4 + 2**-9, 4 + 3 * 2**-9, 7.99]
    given = [{"state": {"x": x, "digits": 10}, "press": "", "times": 0} for x in numbers]
    for x, shown in zip(numbers, played("grid", *given), strict=True):
        [(near, _)] = shown["marks"][-1]["at"]
        assert near == np.float16(x)
        heights = [mark["at"][0][0] for mark in shown["marks"] if mark["kind"] == "line"]
        assert sorted(set(heights))[1] - 1 == machine_eps(np.float16)


@needs_node
def test_the_power_method_turns_as_in_spectra():
    power_method = solution_of("spectra").power_method
    given = [
        {"state": {"b": b, "angle": angle}, "press": "10 times", "times": times}
        for b in (0.5, 1.5)
        for angle, times in ((0, 1), (70, 6))
    ]
    for start, shown in zip(given, played("power", *given), strict=True):
        b, angle = start["state"].values()
        A = np.array([[2, b], [b, 2]])
        v = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        v = np.linalg.matrix_power(A, 10 * start["times"]) @ v
        found = np.array(shown["marks"][-1]["at"][-1][2:])
        np.testing.assert_allclose(found, v / np.linalg.norm(v), rtol=1e-9)
        if start["times"] == 6:
            value, vector = power_method(A, np.random.default_rng(0))
            np.testing.assert_allclose(abs(found), abs(vector), atol=1e-6)
            assert f"eigenvalue is {value:.3f}" in shown["say"]


@needs_node
def test_the_softmax_has_the_jacobian_of_matcalc():
    softmax_jacobian = solution_of("matcalc").softmax_jacobian
    draws = np.random.default_rng(0).uniform(-4, 4, (10, 3))
    names = ("z1", "z2", "z3")
    given = [
        {"state": dict(zip(names, z, strict=True)), "press": "", "times": 0} for z in draws.tolist()
    ]
    for z, shown in zip(draws, played("softmax", *given), strict=True):
        positive, negative = (
            np.array([shade for _, _, shade in shown["marks"][n]["at"]]).reshape(3, 3) / 2.5
            for n in (2, 3)
        )
        np.testing.assert_allclose(positive - negative, softmax_jacobian(z), atol=1e-12)


def drawn_numbers(count, seed=1):
    """The pseudo-random numbers of the scripts, between 0 and 1."""
    found = []
    for _ in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        found.append(seed / 2**32)
    return np.array(found)


@needs_node
def test_the_nearest_bar_has_the_smaller_squared_difference():
    stands, lies, new = (
        np.array(list(text), dtype=int) for text in ("010010010", "000111000", "010010001")
    )
    given = [
        {"state": {"pixel": pixel}, "press": "Flip this pixel", "times": times}
        for pixel in range(1, 10)
        for times in (0, 1)
    ]
    for start, shown in zip(given, played("nearest", *given), strict=True):
        image = new.copy()
        image[start["state"]["pixel"] - 1] ^= start["times"]
        standing, lying = ((image - bar) ** 2 for bar in (stands, lies))
        assert shown["say"].startswith(
            f"Distance {standing.sum()} from the standing bar and {lying.sum()} from the lying one"
        )


@needs_node
def test_the_temperature_is_that_of_text_and_its_draws_are_samples():
    unit = data_path("curriculum") / "1-practical" / "text"
    learned = runpy.run_path(str(unit / "figures.py"))
    solution = solution_of("text")
    row = learned["PROBS"][learned["NAMES"].index("t")]
    given = [
        {"state": {"temperature": temperature}, "press": "Draw 100", "times": 5}
        for temperature in (0.3, 1, 3)
    ]
    for start, shown in zip(given, played("temperature", *given), strict=True):
        p = solution.softmax(np.log(row[None]) / start["state"]["temperature"])[0]
        p = np.sort(p)[::-1]
        p = np.append(p[:6], p[6:].sum())
        np.testing.assert_allclose([y for _, y in shown["marks"][0]["at"]], p, rtol=1e-9)
        drawn = np.searchsorted(p.cumsum()[:-1], drawn_numbers(500), side="right")
        assert shown["state"]["drawn"] == np.bincount(drawn, minlength=7).tolist()


@needs_node
def test_the_taste_is_the_prediction_of_recommend():
    dot_predict = solution_of("recommend").dot_predict
    Q, zero = np.array([[1.6, 0.2], [-0.9, 1.2], [-0.6, -1.4]]), np.zeros(3)
    given = [
        {"state": {"angle": angle, "length": length}, "press": "", "times": 0}
        for angle in (-120, 0, 75)
        for length in (0, 0.8, 1.5)
    ]
    for start, shown in zip(given, played("taste", *given), strict=True):
        angle, length = start["state"].values()
        P = length * np.array([[np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]])
        stars = dot_predict(P, Q, zero[:1], zero, 3.5, np.zeros(3, dtype=int), np.arange(3))
        said = [float(each) for each in re.findall(r"\w (-?\d+\.\d\d)", shown["say"])]
        np.testing.assert_allclose(said, stars, atol=0.0051)


@needs_node
def test_the_flow_follows_the_exact_velocity_of_generative():
    solution = solution_of("generative")
    means = np.array([[-1.0, 0.0], [1.0, 0.0]])

    def velocity(x, t):
        t = t[0]
        if t == 0:
            return -x
        score = solution.mixture_score(x, t * means, t**2 * 0.01 + (1 - t) ** 2)
        return (x + (1 - t) * score) / t

    given = [
        {"state": {"x": x, "steps": steps}, "press": "", "times": 0}
        for x in (-2.0, 0.1, 0.75)
        for steps in (1, 5, 40)
    ]
    for start, shown in zip(given, played("flow", *given), strict=True):
        x, steps = start["state"].values()
        end = solution.euler(velocity, np.array([[x, 0.0]]), steps)[0, 0]
        assert shown["marks"][11]["at"][-1][1] == pytest.approx(end, rel=1e-9, abs=1e-12)


@needs_node
def test_the_fog_costs_what_mdp_computes():
    solution = solution_of("mdp")
    P, R = solution.fog()
    given = [
        {"state": {"p": p, "gamma": gamma}, "press": "", "times": 0}
        for p in (0, 0.3, 0.6, 1)
        for gamma in (0.1, 0.5, 0.95)
    ]
    for start, shown in zip(given, played("fog", *given), strict=True):
        p, gamma = start["state"].values()
        pi = np.tile([1 - p, p], (4, 1))
        [(_, height)] = shown["marks"][3]["at"]
        expected = solution.expected_return(P, R, pi, np.eye(4)[0], gamma)
        assert height == pytest.approx(expected, rel=1e-9)


@needs_node
def test_the_rooms_are_swept_as_in_dp():
    solution = solution_of("dp")
    letters = "".join(solution.ROOMS)
    given = [
        {"state": {"gamma": gamma, "slip": slip}, "press": "6 sweeps", "times": times}
        for gamma, slip in ((0.95, 0.1), (0.6, 0.5))
        for times in (1, 3)
    ]
    for start, shown in zip(given, played("rooms", *given), strict=True):
        gamma, slip = start["state"].values()
        P, R = solution.grid(slip=slip)
        v = np.zeros(len(letters))
        for _ in range(6 * start["times"]):
            v = solution.action_values(P, R, gamma, v).max(axis=1)
        positive, negative = (
            np.array([each[2] for each in shown["marks"][n]["at"]]) for n in (0, 1)
        )
        np.testing.assert_allclose(positive - negative, 0.8 * v, atol=1e-12)
        q = solution.action_values(P, R, gamma, v)
        best = solution.best_actions(q)
        arrows = {
            (round((x0 + x1) / 2), round((y0 + y1) / 2)): (round(x1 - x0, 1), round(y0 - y1, 1))
            for x0, y0, x1, y1 in shown["marks"][4]["at"]
        }
        for s, letter in enumerate(letters):
            arrow = arrows.get((s % 9, 7 - s // 9))
            if letter in "GH#" or best[s].all():
                assert arrow is None
            else:
                ways = [(0, -0.6), (0.6, 0), (0, 0.6), (-0.6, 0)]
                assert arrow in [way for way, good in zip(ways, best[s], strict=True) if good]


@needs_node
def test_the_certainty_is_the_standard_error_of_monte_carlo():
    standard_error = solution_of("monte-carlo").standard_error
    given = [{"state": {}, "press": "100 more", "times": times} for times in (1, 3)]
    for start, shown in zip(given, played("certainty", *given), strict=True):
        N = 50 + 100 * start["times"]
        T = 1 + np.floor(np.log1p(-drawn_numbers(N)) / np.log(0.9))
        value, error = standard_error(T * (T + 1) / 2, T)
        [(n, height)] = shown["marks"][5]["at"]
        assert n == N and height == pytest.approx(value, rel=1e-9)
        assert shown["marks"][4]["at"][-1][1] == pytest.approx(value + 2 * error, rel=1e-9)
        returns = np.concatenate([np.arange(1, each + 1) for each in T])
        naive = returns.std() / np.sqrt(len(returns))
        assert shown["marks"][2]["at"][-1][1] == pytest.approx(value + 2 * naive, rel=1e-9)


@needs_node
def test_the_tilings_share_the_tiles_of_td():
    tiles = solution_of("td").tiles
    low, high = np.zeros(2), np.ones(2)
    given = [
        {"state": {"x": x, "y": y, "tilings": tilings}, "press": "", "times": 0}
        for x, y in ((0.51, 0.37), (0.03, 0.98))
        for tilings in (1, 4, 8)
    ]
    for start, shown in zip(given, played("tilings", *given), strict=True):
        x, y, tilings = start["state"].values()
        chosen = tiles(np.array([x, y]), tilings, 3, low, high)
        for column, row, shade in shown["marks"][0]["at"][::7]:
            place = np.array([column + 0.5, row + 0.5]) / 24
            same = np.mean(tiles(place, tilings, 3, low, high) == chosen)
            assert shade == pytest.approx(0.8 * same)


@needs_node
def test_the_baseline_moves_the_policy_by_the_score_of_policy_gradient():
    solution = solution_of("policy-gradient")
    given = [
        {"state": {"baseline": baseline, "lr": 0.3}, "press": f"Take path {path}", "times": 3}
        for baseline in (0, 2.5)
        for path in (1, 2, 3)
    ]
    for start, shown in zip(given, played("baseline", *given), strict=True):
        path = int(start["press"][-1])
        theta, action = np.zeros((1, 3)), np.array([path - 1])
        for _ in range(3):
            weight = (1, 3, 5)[path - 1] - start["state"]["baseline"]
            theta = theta + 0.3 * weight * solution.score(theta, action)
        height = [y for _, y in shown["marks"][0]["at"]]
        np.testing.assert_allclose(height, solution.softmax(theta)[0], rtol=1e-9)


@needs_node
def test_the_weights_are_those_of_gae():
    solution = solution_of("actor-critic")
    given = [
        {"state": {"lambda": lam, "gamma": gamma}, "press": "", "times": 0}
        for lam in (0, 0.5, 0.95, 1)
        for gamma in (0.5, 0.99)
    ]
    no, zero = np.zeros((20, 20), dtype=bool), np.zeros((20, 20))
    for start, shown in zip(given, played("weights", *given), strict=True):
        lam, gamma = start["state"].values()
        # World k has a TD error of 1 at step k and none elsewhere.
        by_error = solution.gae(np.eye(20), no, no, zero, zero, gamma, lam)[0]
        bars, dots = (np.array(shown["marks"][n]["at"])[:, 1] for n in (0, 2))
        np.testing.assert_allclose(bars, by_error, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(dots, solution.lambda_weights(lam, 20), rtol=1e-9, atol=1e-15)


@needs_node
def test_the_clip_is_that_of_ppo():
    clipped_surrogate = solution_of("ppo").clipped_surrogate
    given = [
        {"state": {"ratio": ratio, "A": A, "eps": eps}, "press": "", "times": 0}
        for ratio in (0.3, 0.95, 1.15, 2)
        for A in (1, -0.7)
        for eps in (0.1, 0.2)
    ]
    for start, shown in zip(given, played("clip", *given), strict=True):
        ratio, A, eps = start["state"].values()
        objective, g = clipped_surrogate(np.array([ratio]), np.array([A]), eps)
        [(_, height)] = shown["marks"][4]["at"]
        assert height == pytest.approx(objective[0], rel=1e-9)
        assert shown["say"].endswith(f"derivative is {g[0]:.1f}.")


@needs_node
def test_the_climb_ends_where_continuous_measures_the_bias():
    critic_bias = solution_of("continuous").critic_bias
    given = [
        {"state": {"one": one, "two": two}, "press": press, "times": times}
        for one, two in ((1, -0.5), (1.2, 0.4), (-0.8, -2), (0, 1.5))
        for press, times in (("To the top", 1), ("Step of ascent", 60))
    ]
    for start, shown in zip(given, played("climb", *given), strict=True):
        one, two = start["state"].values()
        action = shown["state"]["a"]
        assert action == pytest.approx(one, abs=1e-9)  # the top of one a - a^2 / 2
        [(_, lower)] = shown["marks"][5]["at"]
        [bias] = critic_bias(np.array([[one], [two]]), 1.0)
        assert lower + action**2 / 2 == pytest.approx(bias, abs=1e-9)
        assert f"critic 1 is {one**2:.2f} above the truth" in shown["say"]


@needs_node
def test_the_sweeps_project_as_c51_does_in_dqn_plus():
    c51_project = solution_of("dqn-plus").c51_project
    atoms, coin, never = np.arange(11.0), np.array([5.0, 0.0]), np.zeros(2, bool)
    given = [
        {"state": {"gamma": gamma, "heads": heads}, "press": "One sweep", "times": times}
        for gamma, heads in ((0.5, 0.5), (0.2, 0.5), (0.9, 0.5), (0.35, 0.8), (0, 0))
        for times in (1, 2, 30)
    ]
    for start, shown in zip(given, played("sweeps", *given), strict=True):
        gamma, heads = start["state"].values()
        p = np.eye(11)[0]
        for _ in range(start["times"]):
            both = c51_project(np.tile(p, (2, 1)), coin, never, gamma, atoms)
            p = np.array([heads, 1 - heads]) @ both
        np.testing.assert_allclose(shown["state"]["p"], p, rtol=1e-9, atol=1e-12)
        assert f"the mean of the bars is {p @ atoms:.2f}," in shown["say"]


@needs_node
def test_the_points_are_discounted_as_in_pong():
    discount_points = solution_of("pong").discount_points
    r = np.zeros((30, 1))
    r[[9, 17, 26], 0] = 1, -1, 1
    given = [
        {"state": {"gamma": gamma}, "press": "Switch the reset", "times": times}
        for gamma in (0.5, 0.9, 1)
        for times in (0, 1)
    ]
    for start, shown in zip(given, played("points", *given), strict=True):
        G = discount_points(r, start["state"]["gamma"], reset=not start["times"])[:, 0]
        bars = sorted(shown["marks"][0]["at"] + shown["marks"][1]["at"])
        np.testing.assert_allclose(bars, [*enumerate(G)], rtol=1e-9, atol=1e-12)


@needs_node
def test_the_best_of_n_is_that_of_rlhf_with_its_reward_models():
    solution, kl = solution_of("rlhf"), solution_of("ppo").kl
    figures = runpy.run_path(str(SCRIPTS["best"].parents[1] / "figures.py"))
    usual, truth, line, curve = figures["texts"]()
    length = 10 * line[:, 1]
    given = [
        {"state": {"power": power, "model": model}, "press": "", "times": 0}
        for model in (0, 1)
        for power in (0, 1, 4, 10)
    ]
    for start, shown in zip(given, played("best", *given), strict=True):
        score = figures["learned"]((line, curve)[start["state"]["model"]])
        n = 2 ** start["state"]["power"]
        p = solution.best_of_n(usual, score, n)
        by_length = np.bincount(length.round().astype(int), p)[1:]
        np.testing.assert_allclose([y for _, y in shown["marks"][0]["at"]], by_length, atol=1e-9)
        [nats] = kl(p[None], usual[None])
        assert shown["say"] == (
            f"Best of {n}: {p @ length:.1f} lines on average, score {p @ score:.2f}, true reward "
            f"{p @ truth:.2f}, {nats:.2f} nats from the reference."
        )


@needs_node
def test_the_cutoff_looks_at_the_replies_of_alpha_beta():
    solution = solution_of("mcts")

    class Replies:
        """A game of two moves: a position is the moves so far."""

        def __init__(self, rows):
            self.rows = rows

        def outcome(self, position):
            return self.rows[position[0]][position[1]] if len(position) == 2 else None

        def moves(self, position):
            return list(range(3))

        def play(self, position, move):
            return (*position, move)

    given = [
        {"state": {"first": first}, "press": "Reverse the order", "times": times}
        for first in (-0.5, 0.1, 0.3, 0.8)
        for times in (0, 1)
    ]
    for start, shown in zip(given, played("cutoff", *given), strict=True):
        first = start["state"]["first"]
        rows = [[first, first + 0.3, first + 0.2], [0.2, 0.6, 0.4], [0.1, 0.7, 0.5]]
        order = (lambda moves: moves[::-1]) if start["times"] else list
        search = solution.AlphaBeta(Replies(rows), order)
        value = search.search((), 2)
        looked = search.nodes - 4  # without the root and the three moves
        assert (
            shown["say"]
            == f"{looked} of 9 replies are looked at. The value of the root is {value:.1f}."
        )


@needs_node
def test_the_counts_are_those_of_puct_in_alphazero():
    puct_select = solution_of("alphazero").puct_select
    q, prior = np.array([0.83, 0.21, 0.46, 0.87]), np.array([0.3, 0.45, 0.01, 0.24])
    given = [
        {"state": {"prior": best, "c": c}, "press": "10 more", "times": 6}
        for best in (0, 0.24, 0.7)
        for c in (0.3, 1.5, 5)
    ]
    for start, shown in zip(given, played("counts", *given), strict=True):
        best, c = start["state"].values()
        p = np.append(prior[:3] * (1 - best) / 0.76, best)
        visits, legal = np.zeros(4), np.ones(4, dtype=bool)
        for _ in range(60):
            visits[puct_select(p, visits, visits * q, legal, p @ q, c)] += 1
        assert shown["state"]["visits"] == visits.tolist()


@needs_node
def test_the_fork_collects_the_gradients_of_autograd():
    Value = solution_of("autograd").Value
    given = [
        {"state": {"x": x, "c": c}, "press": "One step back", "times": 4}
        for x, c in ((3, 1), (-2.5, 4), (0, -1.5))
    ]
    for start, shown in zip(given, played("fork", *given), strict=True):
        x, c = (Value(each) for each in start["state"].values())
        a, b = x * x, c * x
        y = a + b
        y.backward()
        values = [float(text) for _, _, text in shown["marks"][2]["at"]]
        assert values == [x.data, a.data, b.data, y.data]
        grads = [float(text.removeprefix("grad ")) for _, _, text in shown["marks"][4]["at"]]
        assert grads == [x.grad, a.grad, b.grad, 1]


@needs_node
def test_the_verdict_is_that_of_debug_data_on_a_run_of_its_own():
    solution = solution_of("debug-data")
    u = 2 * drawn_numbers(80 * 12 + 80 + 12) - 1
    X, w0 = u[:960].reshape(80, 12), u[-12:]
    y = (X[:, 0] + 0.5 * u[960:1040] > 0).astype(int)
    given = [
        {"state": {"lr": lr, "scale": scale, "steps": 30}, "press": "", "times": 0}
        for lr in (-3, -1, 0, 1)
        for scale in (0, 5)
    ]
    for start, shown in zip(given, played("verdict", *given), strict=True):
        w, curves = w0 * start["state"]["scale"], {"train": [], "val": [], "classes": 2}
        for _ in range(31):
            logits = np.stack([np.zeros(80), X @ w], axis=1)
            for name, part in (("train", slice(20)), ("val", slice(20, None))):
                curves[name].append(solution.cross_entropy(logits[part], y[part]))
            g = solution.ce_gradient(logits[:20], y[:20])[:, 1]
            w = w - 10.0 ** start["state"]["lr"] * g @ X[:20]
        for mark, name in ((1, "train"), (2, "val")):
            found = np.array(shown["marks"][mark]["at"])[:, 1]
            np.testing.assert_allclose(found, curves[name], rtol=1e-6)
        assert shown["say"].startswith(f"Verdict: {solution.diagnose(curves)}.")


@needs_node
def test_the_overlap_is_the_iou_of_paper_yolo():
    iou = solution_of("paper-yolo").iou
    given = [
        {"state": {"right": right, "up": up, "size": size}, "press": "", "times": 0}
        for right, up in ((0, 0), (0.65, 0), (0.5, -0.75), (2, 2))
        for size in (0.5, 2, 3.25)
    ]
    for start, shown in zip(given, played("overlap", *given), strict=True):
        right, up, size = start["state"].values()
        centre = np.array([1 + right, 1 + up])
        box = np.concatenate([centre - size / 2, centre + size / 2])
        found = iou(np.array([[0.0, 0.0, 2.0, 2.0]]), box[None])[0, 0]
        said, verdict = re.search(r"IoU ([\d.]+): a (hit|miss)", shown["say"]).groups()
        assert float(said) == pytest.approx(found, abs=0.00051)
        assert verdict == ("hit" if found >= 0.5 else "miss")


@needs_node
def test_the_steps_in_any_order_do_what_the_loop_of_recap_does():
    recap = solution_of("recap")
    names = ["Forward", "Loss", "Zero", "Backward", "Step", "Next batch"]
    rng = np.random.default_rng(0)
    right = [*names, *names]
    orders = [right, [each for each in right if each != "Zero"], rng.choice(names, 30).tolist()]
    given = [
        {"state": {"lr": lr}, "press": ["Forward", "Loss", *order], "times": 1}
        for order in orders
        for lr in (0.1, 0.04)
    ]
    ends = []
    for start, shown in zip(given, played("order", *given), strict=True):
        line = recap.Linear(np.zeros((1, 1)), np.zeros(1))
        update = recap.SGD(line, start["state"]["lr"])
        batch, g = 0, None
        for press in start["press"]:
            x, y = ((1.0, 2.0), (2.0, 4.0))[batch % 2]
            if press == "Forward":
                pred = line.forward(np.array([[x]]))
            elif press == "Loss":
                _, g = recap.squared_error(pred, np.array([[y]]))
            elif press == "Backward":
                line.backward(g)
            elif press == "Next batch":
                batch += 1
            else:
                getattr(update, press.lower())()
        expected = [each.item() for each in (*line.params, *line.grads)]
        found = [shown["state"][name] for name in ("w", "b", "gradW", "gradB")]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
        ends.append([round(each, 2) for each in found[:2]])
    assert ends[0] == [1.52, 0.96] and ends[2] == [1.92, 1.36]  # as the lesson says


@needs_node
def test_the_field_is_what_vision_counts():
    solution = solution_of("vision")
    ways = [
        lambda i: solution.Layer(1, 1, 3, p=1),
        lambda i: solution.Layer(1, 1, 3, p=2**i, d=2**i),
        lambda i: solution.Layer(1, 1, 3, s=2, p=1),
    ]
    given = [
        {"state": {"way": way, "depth": depth}, "press": "", "times": 0}
        for way in range(3)
        for depth in range(1, 6)
    ]
    for start, shown in zip(given, played("field", *given), strict=True):
        way, depth = start["state"].values()
        *_, size, field = solution.conv_cost([ways[way](i) for i in range(depth)], 64)
        assert f" {field} pixels, and of 64 pixels {size} positions come out." in shown["say"]
        pixels = [x for x, _, _ in next(m["at"] for m in shown["marks"] if m["tone"] == "warm")]
        assert pixels == list(range(-(field // 2), field // 2 + 1))  # there are no gaps


@needs_node
def test_the_columns_lose_their_right_angle_as_gram_schmidt_does():
    gram_schmidt = solution_of("solve").gram_schmidt
    figures = runpy.run_path(str(SCRIPTS["cancel"].parents[1] / "figures.py"))
    angles = (40, 12.4, 2, 0.4, 0.2)
    given = [
        {"state": {"angle": angle, "digits": digits}, "press": "", "times": 0}
        for digits in (15, 3)
        for angle in angles
    ]
    shown = played("cancel", *given)
    arrows = [[each["at"][0][2:] for each in s["marks"] if each["kind"] == "arrows"] for s in shown]
    for angle, (_, q1, q2) in zip(angles, arrows[:5], strict=True):
        turn = np.arctan2(2, 3) + np.deg2rad(angle)
        second = np.sqrt(13) * np.array([np.cos(turn), np.sin(turn)])
        Q, _ = gram_schmidt(np.stack([[3.0, 2.0], second], axis=1))
        np.testing.assert_allclose([q1, q2], Q.T, atol=1e-11)
    for angle, (column, _, q2) in zip(angles, arrows[5:], strict=True):
        expected, _, third = figures["gram_schmidt_of_three"](angle)
        np.testing.assert_allclose([column, q2], [expected / np.sqrt(13), third], rtol=1e-12)


@needs_node
def test_the_gradients_are_those_of_the_engine_and_are_kept_as_float16_keeps_them():
    script = str(SCRIPTS["scaling"].parents[1] / "figures.py")
    code = f"import runpy; print(*runpy.run_path({script!r})['exponents']())"
    one = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        **gate.KERNEL,
    }  # rounding decides the training
    done = subprocess.run([sys.executable, "-c", code], env=one, capture_output=True, text=True)
    exponents = np.array(done.stdout.split(), dtype=int)
    given = [{"state": {"scale": scale}, "press": "", "times": 0} for scale in (0, 16, 30)]
    for start, shown in zip(given, played("scaling", *given), strict=True):
        power = start["state"]["scale"]
        bars = [
            (x, round(10**height - 1), mark["tone"])
            for mark in shown["marks"]
            if mark["kind"] == "bars"
            for x, height in mark["at"]
        ]
        counts = np.zeros(60, dtype=int)
        for x, count, tone in bars:
            counts[round(x - 0.5) - power + 60] = count
            values = np.ldexp(np.linspace(1.01, 1.98, 50), round(x - 0.5))
            with np.errstate(over="ignore"):
                error = abs(np.float16(values) / values - 1).max()
            if tone == "warm":
                assert error == 1 or np.isinf(error)
            else:
                assert (error <= 2**-11) == (tone == "green") and error < 1
        assert abs(counts - exponents).sum() <= 0.05 * counts.sum()
        lost = sum(count for x, count, tone in bars if tone == "warm" and x < 0)
        assert f": {lost} of the gradients become 0" in shown["say"]
