"""A run whose files were damaged or exchanged is refused in a sentence, and left as it is."""

import numpy as np
import pytest
from tests.rl.test_runs import short
from tests.runs.on_disk import after, read_record, resume, start, write_record

from undergrad import engine
from undergrad.errors import StoreError, UsageError


def spoil_truncated(folder):
    path = folder / "seed-3" / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-500])


def spoil_foreign(folder):
    engine.checkpoint.save_weights(
        folder / "seed-3" / "checkpoint.safetensors", {"weight": np.ones(3, np.float32)}
    )


def spoil_settings(folder):
    record = read_record(folder)
    record["settings"]["learning_rate"] = 0.5
    write_record(folder, record)


def spoil_other_seed(folder):
    other = start(short(), folder.parent, [4])
    resume(other, should_stop=after(20))
    path = "checkpoint.safetensors"
    (folder / "seed-3" / path).write_bytes((other / "seed-4" / path).read_bytes())


def spoil_record(folder):
    (folder / "run.json").write_text('{"version": 1, "pre')


def spoil_no_record(folder):
    (folder / "run.json").unlink()


def spoil_missing_setting(folder):
    record = read_record(folder)
    del record["settings"]["learning_rate"]
    write_record(folder, record)


def spoil_seeds(folder):
    write_record(folder, read_record(folder) | {"seeds": [{"seed": 3}]})


def spoil_entries(folder):
    write_record(folder, read_record(folder) | {"seeds": [3]})


def spoil_kind_of_setting(folder):
    record = read_record(folder)
    record["settings"]["steps"] = "many"
    write_record(folder, record)


def spoil_newer(folder):
    write_record(folder, read_record(folder) | {"version": 99})


def spoil_log(folder):
    (folder / "seed-3" / "log.jsonl").write_text("")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_truncated, "checkpoint.safetensors is cut off"),
        (spoil_foreign, "not a checkpoint of undergrad"),
        (spoil_settings, "learning_rate = 0.002, and this run has learning_rate = 0.5"),
        (spoil_other_seed, "seed = 4, and this run has seed = 3"),
        (spoil_record, "damaged"),
        (spoil_no_record, "no run.json"),
        (spoil_missing_setting, "learning_rate = 0.002, and this run has learning_rate = 0.001"),
        (spoil_seeds, "lacks part of a seed"),
        (spoil_entries, "lacks part of a seed"),
        (spoil_kind_of_setting, "steps is of the wrong kind: 'many'"),
        (spoil_newer, "another version"),
        (spoil_log, "start a new one"),
    ],
)
def test_what_cannot_be_resumed_is_refused_by_name(tmp_path, spoil, said):
    folder = start(short(), tmp_path, [3])
    resume(folder, should_stop=after(100))
    spoil(folder)
    before = (folder / "seed-3" / "checkpoint.safetensors").read_bytes()
    with pytest.raises((UsageError, StoreError), match=said) as told:
        resume(folder)
    assert "\n" not in str(told.value)
    assert (folder / "seed-3" / "checkpoint.safetensors").read_bytes() == before
