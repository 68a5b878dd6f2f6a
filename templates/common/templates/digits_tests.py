def rows(part):
    return {row.tobytes() for row in part.inputs}


def test_no_image_is_in_two_parts():
    train, validation, test = (rows(part) for part in load())
    assert not train & test
    assert not train & validation
    assert not validation & test


def test_the_split_is_the_same_every_time():
    for first, again in zip(load(), load(), strict=True):
        np.testing.assert_array_equal(first.inputs, again.inputs)


def test_every_part_holds_every_class_and_tidy_numbers():
    for part in load():
        assert set(part.labels) == set(range(CLASSES))
        assert part.inputs.dtype == np.float32
        assert part.inputs.min() >= 0
        assert part.inputs.max() <= 1
