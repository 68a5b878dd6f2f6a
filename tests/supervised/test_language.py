"""Texts for language models: what is read, what is refused, and how bits are counted."""

import zlib

import numpy as np
import pytest

from undergrad.engine import Tensor
from undergrad.errors import UsageError
from undergrad.supervised import catalogue, language
from undergrad.supervised.presets import text_llm
from undergrad.supervised.stories import stories


@pytest.fixture(scope="module")
def corpus():
    return language.Corpus("language")


@pytest.mark.parametrize("name", ["language", "stories"])
def test_made_texts_are_the_same_each_time(name):
    assert language.read(name) == language.read(name)


def test_the_lessons_are_a_text():
    assert "gradient" in language.read("lessons")


def test_any_file_is_a_text(tmp_path):
    file = tmp_path / "book.txt"
    file.write_text("Once upon a time. " * 2_000, "utf-8")
    assert catalogue.load("text-lstm").with_settings({"text": str(file)}).settings.text == str(file)
    assert len(language.Corpus(str(file)).vocabulary) == len(set("Once upon a time. "))


def test_rare_characters_become_one(tmp_path):
    file = tmp_path / "many.txt"
    file.write_text("".join(chr(0x4E00 + i) for i in range(3_000)) * 10, "utf-8")
    assert len(set(language.read(str(file)))) == 201


@pytest.mark.parametrize("task", ["text-lstm", "text-gpt"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not a file, nor one of book, lessons, language, stories"),
        (b"short", "at least 20,000 are needed"),
        (b"\xff\xfe\xfa" * 9_000, "not text in UTF-8"),
        (b" " * 30_000, "is empty"),
    ],
)
def test_a_text_that_will_not_do_is_one_sentence(tmp_path, task, content, said):
    file = tmp_path / "text.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        catalogue.load(task).with_settings({"text": str(file)})


def test_the_test_text_is_a_tenth_and_not_learnt_from(corpus):
    whole = corpus.vocabulary.encode(language.read("language"))
    assert len(corpus.train) + len(corpus.test) == len(whole)
    np.testing.assert_array_equal(corpus.test[:1_000], whole[9_000:10_000])
    np.testing.assert_array_equal(corpus.train[9_000:9_100], whole[10_000:10_100])


def test_bits_of_knowing_nothing_and_of_knowing_all(corpus):
    size, length = len(corpus.vocabulary), 16

    def nothing(characters):
        return Tensor(np.zeros((*characters.shape, size), np.float32))

    assert corpus.bits(nothing, length) == pytest.approx(np.log2(size), rel=1e-6)

    def pairs(characters):
        table = np.full((size, size), 0.1)
        np.add.at(table, (corpus.train[:-1], corpus.train[1:]), 1)
        return Tensor(np.log(table / table.sum(1, keepdims=True))[characters])

    assert corpus.bits(pairs, length) == pytest.approx(corpus.bigram_bits(), rel=0.01)


def test_sequences_are_followed_by_the_next_character(corpus):
    rng = np.random.default_rng(0)
    now, following = language.RandomSequences(corpus.train, 12, 100, rng)[np.arange(7)]
    assert now.shape == following.shape == (7, 12)
    np.testing.assert_array_equal(now[:, 1:], following[:, :-1])


def test_the_transformer_sees_nothing_of_what_comes_after():
    model = language.GPT(20, 16, 10, 2, 2, 0.0, np.random.default_rng(0))
    text = np.random.default_rng(1).integers(0, 20, (1, 10))
    other = text.copy()
    other[0, 6:] = (other[0, 6:] + 1) % 20
    scores, changed = model(text).data, model(other).data
    np.testing.assert_allclose(scores[:, :6], changed[:, :6], atol=1e-5)
    assert np.abs(scores[:, 6:] - changed[:, 6:]).max() > 1e-2


def test_rivals_have_equally_many_parameters():
    rng = np.random.default_rng(0)
    gpt = language.count_parameters(language.GPT(44, 64, 128, 2, 4, 0.0, rng))
    hidden = language.hidden_for(gpt, 44, 64)
    assert language.count_parameters(language.CharLSTM(44, 64, hidden, 0.0, rng)) == pytest.approx(
        gpt, rel=0.01
    )


def test_each_story_says_its_names_again():
    for story in stories(20, np.random.default_rng(0)).split("\n\n"):
        names = {word.strip(".") for word in story.split() if word[0].isupper()}
        assert 2 <= len(names) <= 3 and story.count(".") == 6


def test_a_compressor_may_have_read_the_training_text(tmp_path):
    """Random letters of eight take 3 bits each; here the same ones stand in the training text."""
    letters = np.random.default_rng(0).choice(list("abcdefgh"), 10_000)
    file = tmp_path / "again.txt"
    file.write_text("".join(letters) * 4, "utf-8")
    corpus = language.Corpus(str(file))
    assert text_llm.compressed_bits(corpus, lambda data: zlib.compress(data, 9)) < 1
    assert text_llm.compressed_bits(corpus, bytes) == 8


def test_heads_that_do_not_fit_are_one_sentence():
    with pytest.raises(UsageError, match="num_heads must be a multiple of num_kv_heads"):
        catalogue.load("text-llm").with_settings({"num_kv_heads": "3"})
