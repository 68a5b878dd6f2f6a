"""A loop that ends in its first round is told from one that returns when it has found something."""

import ast

import pytest

from undergrad.checker.guess_code import guess_code

ENDS = {
    "as the last line": """
        def f(xs):
            total = 0
            for x in xs:
                total += x
                return total
        """,
    "in both branches": """
        def f(xs):
            for x in xs:
                if x > 3:
                    return True
                else:
                    return False
        """,
    "after a branch that returns": """
        def f(xs):
            for x in xs:
                if x > 3:
                    return True
                return False
        """,
    "in the inner loop": """
        def f(xs):
            if len(xs):
                for x in xs:
                    for y in x:
                        return y
        """,
    "in a while loop": """
        def f(n):
            while n:
                n -= 1
                return n
        """,
    "in a method": """
        class f:
            def step(self, xs):
                for x in xs:
                    return x
        """,
}
GOES_ROUND = {
    "behind the loop": """
        def f(xs):
            total = 0
            for x in xs:
                total += x
            return total
        """,
    "in one branch": """
        def f(xs):
            for x in xs:
                if x > 3:
                    return x
        """,
    "in one branch and then another": """
        def f(xs):
            for x in xs:
                if x > 3:
                    return x
                elif x < 0:
                    return -x
        """,
    "after what is skipped": """
        def f(xs):
            for x in xs:
                if x < 0:
                    continue
                return x
        """,
    "endless": """
        def f(x):
            while True:
                x += 1
                return x
        """,
    "of a function inside": """
        def f(xs):
            for x in xs:
                def g():
                    return x
            return g
        """,
    "of another function": """
        def f(xs):
            return xs

        def g(xs):
            for x in xs:
                return x
        """,
}


def parsed(text):
    lines = text.splitlines()[1:]
    return ast.parse("\n".join(line[8:] for line in lines))


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
def test_a_loop_that_ends_at_once(text):
    assert "ends in its first round" in guess_code(parsed(text), ["f"])


@pytest.mark.parametrize("text", GOES_ROUND.values(), ids=GOES_ROUND)
def test_a_loop_that_goes_round(text):
    assert guess_code(parsed(text), ["f"]) == ""


def test_it_says_where_and_what_to_do():
    said = guess_code(parsed(ENDS["in a while loop"]), ["f"])
    assert said == (
        "The loop of `f` ends in its first round, because a `return` stands inside it. "
        "Indent that line like `while`."
    )


def test_a_learner_reads_it(checked, solution):
    one_round = """
def column_means(a):
    sums = []
    for column in a.T:
        sums.append(column.mean())
        return np.array(sums)
"""
    failed = next(each for each in checked(solution + one_round).tasks if each.verdict != "pass")
    assert failed.message.startswith("The loop of `column_means` ends in its first round")
