"""What the pages are made from is read from the disk: each plot of a run once."""

import pytest

from undergrad.site.gather import _media


@pytest.mark.parametrize(
    ("files", "plots"),
    [
        (["line", "returns"], ["line", "returns"]),
        (["returns-dark", "returns-light"], ["returns-light"]),  # of an older run
        (["returns", "returns-dark", "returns-light"], ["returns"]),  # which was resumed since
        (["first-light", "returns", "returns-dark"], ["first-light", "returns", "returns-dark"]),
    ],
)
def test_each_plot_of_a_run_is_shown_once(tmp_path, files, plots):
    (tmp_path / "seed-0").mkdir()
    for name in files:
        (tmp_path / "seed-0" / f"{name}.svg").write_text("<svg/>")
    assert [each.name for each in _media(tmp_path)] == plots
