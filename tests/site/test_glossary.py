"""Terms: their page, their links in lessons, and whether lessons and glossary agree."""

import re

import pytest
from tests.course import gate

from undergrad.course.models import Minutes, Term, Unit
from undergrad.site.pages import pages
from undergrad.site.pages.glossary import link_terms

UNIT = Unit("descent", "1-start", "Walk", Minutes(1, 1, 1), (), ())
SLOPE = Term("slope", "layers", 'How "steep" it is.')
LONG = Term("negative slope", "layers", "Downhill.")
OTHER = Term("bank", "layers", "Money.", not_in=("descent",))
RATE = Term("rate", "layers", "How fast.", ("learning rate", "step size"))
OWN = Term("step", "descent", "One move.")


def linked(text):
    """What became a link, in order."""
    found = link_terms(text, UNIT, (SLOPE, LONG, RATE, OWN, OTHER))
    plain = re.sub(r"\[([^\]]*)\]\(\S+ \"[^\"]*\"\)\{ \.ug-term \}", r"\1", found)
    assert plain == text  # nothing but links was added
    return re.findall(r"\[([^\]]*)\]\([^)]*#term-", found)


def test_the_first_use_is_linked_with_its_plain_words():
    text = link_terms("The slope. A slope.", UNIT, (SLOPE,))
    link = "[slope](../../../glossary.md#term-slope \"How 'steep' it is.\"){ .ug-term }"
    assert text == f"The {link}. A slope."


@pytest.mark.parametrize(
    "text, words",
    [
        ("Slopes and a negative slope", ["Slopes", "negative slope"]),
        ("a negative slope, then a slope", ["negative slope", "slope"]),
        ("the learning rate; a rate; the step size", ["learning rate"]),
        ("one step", []),  # its own lesson explains it
        ("the bank of a river", []),  # another meaning in this lesson
        ("slope-free, upslope, sloped", []),
        ("*a slope* and **slope**", ["slope"]),
        ("`slope` $slope$ [slope](unit:layers) ![slope](figures/a.svg)", []),
        ("# slope\n## slope\n| slope |\n<b title='slope'>\n", []),
        ('!!! question "slope"\n    the slope', ["slope"]),
        ("```python\nslope\n# slope\n```\nslope", ["slope"]),
        ("~~~\n```\nslope\n~~~\n$$\nslope\n$$\n", []),
        ('??? note "seen"\n    ```python\n    slope\n    ```\n    a slope', ["slope"]),
        ("- a step:\n\n    ~~~\n    slope\n\n    slope\n    ~~~\n    | slope |\n", []),
    ],
)
def test_only_whole_words_of_prose_are_linked(text, words):
    assert linked(text) == words


def test_the_page_has_every_term_and_where_it_comes_from(snapshot):
    page = pages(snapshot)["glossary.md"]
    assert re.findall(r'id="(term-\w+)"', page) == ["term-slope", "term-step"]
    assert "How &quot;steep&quot; it &lt;is&gt;." in page
    assert 'href="course/2-deep/layers/index.html"' in page


def test_a_lesson_links_terms_of_other_units_only(snapshot):
    page = pages(snapshot)["course/1-start/descent/index.md"]
    assert "#term-step" not in page


# Bold words of lessons that are emphasis, or steps of a list, and no terms.
EMPHASIS = {
    "rotation", "blocks", "skip-gram with negative sampling",
    "you will build", "next", "later", "data", "rounded", "minimum", "maximum", "shadows",
    "mirrors", "the weights", "the offset", "the picture", "bug hunt", "running", "vanishes",
    "empty cells", "places", "roots", "whom it was made from", "how much it follows each of them",
}  # fmt: skip


def bold(unit):
    """The bold words of a lesson that introduce something: no sentence, no number."""
    text = re.sub(r"^```.*?^```|`[^`\n]*`|\$[^$\n]*\$", "", gate.lesson(unit), flags=re.M | re.S)
    words = re.findall(r"\*\*([^*\n]+)\*\*", text)
    return {" ".join(word.split()) for word in words if not re.search(r"[.?\d]$", word)}


def known_forms():
    terms = gate.loaded().glossary
    return {form.lower() for term in terms for form in (term.term, *term.words)}


@pytest.mark.parametrize("unit", gate.written(), ids=lambda unit: unit.id)
def test_every_bold_word_is_in_the_glossary_or_plain_emphasis(unit):
    forms = known_forms()
    new = {word for word in bold(unit) if word.lower().strip(",;: ") not in EMPHASIS}
    missing = {word for word in new if not {word.lower(), word.lower().rstrip("s")} & forms}
    assert not missing, "write them into curriculum/glossary.yaml, or into EMPHASIS"


def test_every_term_is_used_by_a_lesson():
    lessons = " ".join(" ".join(gate.lesson(unit).split()).lower() for unit in gate.written())
    for term in gate.loaded().glossary:
        if gate.loaded().unit(term.unit).written:
            assert any(form.lower() in lessons for form in (term.term, *term.words)), term.term


def test_no_lesson_is_crowded_with_links():
    """More than one quiet link in 40 words would be hard to read."""
    for unit in gate.written():
        text = link_terms(gate.lesson(unit), unit, gate.loaded().glossary)
        assert text.count("{ .ug-term }") <= len(gate.lesson(unit).split()) / 40, unit.id
