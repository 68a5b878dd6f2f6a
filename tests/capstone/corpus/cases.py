"""All cases, in the order in which they are told."""

from tests.capstone.corpus import forms, libraries, runs, scratch

CASES = (*scratch.CASES, *libraries.CASES, *forms.CASES, *runs.CASES)
