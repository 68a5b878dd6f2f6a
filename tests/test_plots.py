"""Plots of trainings: the curves that were given, with the same bytes each time."""

import re

import pytest

from undergrad.plots import INK, INK_ON_DARK, _rounded, _running_mean, on_dark, plot_history


def test_the_same_curve_gives_the_same_bytes(tmp_path):
    plot = plot_history([3.0, 2.0, 1.5], tmp_path / "loss")
    assert plot.name == "loss.svg"
    first = plot.read_bytes()
    assert plot_history([3.0, 2.0, 1.5], tmp_path / "loss").read_bytes() == first


def test_a_dark_page_shows_what_is_drawn_in_its_own_ink(tmp_path, monkeypatch):
    light = plot_history([3.0, 2.0], tmp_path / "loss", log=True).read_text()
    with monkeypatch.context() as patched:
        patched.setattr("undergrad.plots.INK", INK_ON_DARK)
        dark = plot_history([3.0, 2.0], tmp_path / "loss", log=True).read_text()
    assert light.count(INK) > 10 and INK not in dark
    assert without_ids(on_dark(light)) == without_ids(dark)


def test_coordinates_have_two_decimals_and_the_size_of_letters_has_all():
    drawing = (
        '<path d="M 1.23456 -0.001 L 7 12.999"/><g transform="translate(0.125 3) scale(0.11963)">'
    )
    assert _rounded(drawing) == (
        '<path d="M 1.23 -0 L 7 13"/><g transform="translate(0.12 3) scale(0.11963)">'
    )


def without_ids(drawing):
    """A drawing without the ids that Matplotlib makes from the style of a shape."""
    return re.sub(r"\b[mpC][0-9a-f]{10}\b", "", drawing)


def paths(file):
    """How many points each long line of the drawing runs through."""
    return sorted(d.count("L") for d in re.findall(r'<path d="([^"]*)"', file.read_text()))


def test_every_curve_has_all_its_points(tmp_path):
    curves = {"training": [2.0**-i for i in range(40)], "validation": [1.0, 0.7] * 12}
    plot = plot_history(curves, tmp_path / "a", xlabel="epoch", log=True)
    assert {39, 23} <= set(paths(plot))


def test_with_a_window_the_single_values_stay_visible(tmp_path):
    plot = plot_history([1.0, 5.0] * 20, tmp_path / "a", window=4)
    assert paths(plot).count(39) == 2


def test_the_running_mean_looks_back_only():
    assert _running_mean([4.0, 2.0, 0.0, 10.0], 2) == [4.0, 3.0, 1.0, 5.0]
    assert _running_mean([4.0, 2.0], 1) == [4.0, 2.0]


def test_a_window_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="window must be at least 1"):
        plot_history([1.0], tmp_path / "a", window=0)


def test_short_histories_can_be_drawn(tmp_path):
    for losses in ([1.0], [], {}):
        plot_history(losses, tmp_path / "a")
