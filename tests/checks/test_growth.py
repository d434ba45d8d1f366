"""Growth of cost: the same count on every run, and loops of every kind seen."""

import pytest

from autograder.checks import growth
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

PROBE = """
import numpy as _np

def prepare(size):
    return _np.arange(size)

def run(numbers):
    return total(numbers)
"""
VECTORISED = "def total(numbers):\n    return (numbers * 2).sum()\n"
LOOPS = {
    "for": "def total(numbers):\n    s = 0\n    for n in numbers:\n        s += n\n",
    "comprehension": "def total(numbers):\n    return sum([n * 2 for n in numbers])\n",
    "generator": "def total(numbers):\n    return sum(n * 2 for n in numbers)\n",
    "lambda": "def total(numbers):\n    return list(map(lambda n: n * 2, numbers))\n",
    "while on one line": (
        "def total(numbers):\n    n = len(numbers)\n    while n: n -= 1\n"
    ),
    "vectorize": (
        "import numpy as np\n"
        "def total(numbers):\n    return np.vectorize(lambda n: n * 2)(numbers)\n"
    ),
    "apply": (
        "import pandas as pd\n"
        "def total(numbers):\n    return pd.Series(numbers).apply(lambda n: n * 2)\n"
    ),
    "rows as Series": (
        "import numpy as np\nimport pandas as pd\ndef total(numbers):\n"
        "    return pd.DataFrame({'n': numbers}).apply(np.max, axis=1)\n"
    ),
}
COLUMNS = {
    "dates": "pd.to_datetime(pd.Series(numbers + 2000).astype(str), format='%Y')",
    "texts": "pd.Series(numbers).astype(str).str.upper()",
    "groups": "pd.Series(numbers).groupby(numbers % 7).agg(['sum', 'size'])",
    "a loop over groups": "[g for g in pd.Series(numbers).groupby(numbers % 7)]",
}


def vectorised(source: str) -> None:
    growth.expect_vectorised(
        Namespace(source), PROBE, lambda size: {"size": size}, called="total(numbers)"
    )


@pytest.mark.parametrize("source", LOOPS.values(), ids=LOOPS)
def test_every_kind_of_loop_is_seen(source: str) -> None:
    with pytest.raises(CriterionNotMet) as caught:
        vectorised(source)
    message = str(caught.value)
    assert message.startswith(
        "You called total(numbers) with 200 rows, then with 2,000. It ran "
    )
    assert message.endswith("Expected about as many for 2,000 rows as for 200.")


@pytest.mark.parametrize("expression", COLUMNS.values(), ids=COLUMNS)
def test_work_on_columns_passes(expression: str) -> None:
    """pandas itself loops over texts and dates; that is not the learner's loop."""
    vectorised(f"import pandas as pd\ndef total(numbers):\n    return {expression}\n")


def test_the_same_count_on_every_run() -> None:
    solution = Namespace(LOOPS["apply"])
    counts = {growth.lines_run(solution, PROBE, size=300) for _ in range(5)}
    assert len(counts) == 1


def test_lines_are_counted_one_by_one() -> None:
    lines = growth.lines_run(Namespace(LOOPS["for"]), PROBE, size=100)
    # Called run and total, with one line each; 101 looks at the iterator, 100 sums.
    assert lines == growth.Lines(own=2 + 2 + 101 + 100, libraries=0)


def test_memory_is_that_of_the_arrays() -> None:
    double = Namespace(VECTORISED)
    few, many = (growth.peak_memory(double, PROBE, size=n) for n in (1000, 11_000))
    assert many - few == pytest.approx(10_000 * 8, rel=0.02)


def test_more_memory_than_allowed_is_told() -> None:
    def judge(at_most: int) -> None:
        growth.expect_memory(
            Namespace(LOOPS["comprehension"]),
            PROBE,
            lambda size: {"size": size},
            at_most=at_most,
            called="total(numbers)",
        )

    judge(100)
    with pytest.raises(CriterionNotMet, match="Expected at most 20 bytes for each"):
        judge(20)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import sys", "sys"),
        ("from threading import Thread", "threading.Thread"),
        ("import numpy.ctypeslib", "numpy.ctypeslib"),
        ("import os; os.sys.settrace(None)", "settrace"),
        ("getattr(total, '__globals__')", "__globals__"),
        ("exec('1')", "exec"),
        ("import pandas as pd; pd.eval('1')", "pandas.eval"),
    ],
)
def test_code_that_could_change_the_count_is_refused(line: str, found: str) -> None:
    solution = Namespace(VECTORISED + line)
    assert found in growth.reaches_for(solution)
    with pytest.raises(CriterionNotMet, match="with which it could change the count"):
        growth.lines_run(solution, PROBE, size=10)


def test_honest_names_are_no_machinery() -> None:
    honest = (
        "import re\nimport pandas as pd\nfrom collections.abc import Mapping\n"
        "WORD = re.compile('x')\n"
        "def total(table): return table.eval('a + b').query('a > 1').modules\n"
    )
    assert growth.reaches_for(Namespace(honest)) == []


def test_an_ended_count_is_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "reaches_for", lambda _: [])
    ends = "import sys\ndef total(numbers):\n    sys.settrace(None)\n"
    with pytest.raises(CriterionNotMet, match="ended the count"):
        growth.lines_run(Namespace(ends), PROBE, size=10)


def test_the_count_gives_up_on_endless_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_LIMIT", 1000)
    lines = growth.lines_run(Namespace(LOOPS["lambda"]), PROBE, size=50_000)
    assert 1000 < lines.own < 1010
