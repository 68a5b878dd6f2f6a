"""What was saved is all there again: a loaded training would save the very same."""

import pytest
from tests.rl.test_variants import SHORT, flat, training

from undergrad import engine


@pytest.mark.parametrize("name", ["rainbow", "held"])
def test_a_loaded_training_has_everything_that_was_saved(name, tmp_path):
    whole, fresh = training(name, **SHORT), training(name, **SHORT)
    while whole.steps < 240:
        whole.advance()
    engine.save(tmp_path / "some.safetensors", trainer=whole)
    engine.load(tmp_path / "some.safetensors", trainer=fresh)
    assert flat(fresh.state_dict()) == flat(whole.state_dict())
    assert fresh.best["steps"] in (120, 240)
