"""Strangers' notebooks in the manner of public ones, each with the report that it must get.

`cases` lists them, `judge` compares; `python -m tests.capstone.corpus` prints a line for each.
"""
