"""The pictures of a newcomer's first minutes can be taken: every step leads to the next."""

from tests.site import first_minutes, test_browser

pytestmark = test_browser.pytestmark


def test_a_newcomer_gets_from_the_first_command_to_a_passed_unit(tmp_path):
    first_minutes.main(tmp_path)
    shown = (tmp_path / "index.html").read_text("utf-8")
    assert len(list(tmp_path.glob("*.webp"))) == len(first_minutes.STEPS)
    assert "1 of 50 units passed" in shown
    assert all(f"{number:02}.webp" in shown for number in range(2, len(first_minutes.STEPS) + 2))
