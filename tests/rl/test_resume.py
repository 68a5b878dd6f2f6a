"""What was saved is all there again: a loaded run would save the very same."""

import pytest
from tests.rl.test_rainbow_runs import SHORT, flat, run_of

from undergrad import engine


@pytest.mark.parametrize("name", ["rainbow", "ez-greedy"])
def test_a_loaded_run_has_everything_that_was_saved(name, tmp_path):
    whole, fresh = run_of(name, **SHORT), run_of(name, **SHORT)
    while whole.steps < 240:
        whole.advance()
    engine.save(tmp_path / "some.safetensors", trainer=whole)
    engine.load(tmp_path / "some.safetensors", trainer=fresh)
    assert flat(fresh.state_dict()) == flat(whole.state_dict())
    assert fresh.best["steps"] in (120, 240)
