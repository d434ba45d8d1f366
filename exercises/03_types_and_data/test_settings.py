"""Visible criteria of settings: learners have this file."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import Fake, calls_to, expect_equal, same_as_original
from autograder.checks.environment import Surroundings, fresh_secret
from autograder.namespace import Namespace

COMPLETE = {"STATION_ID": "roof", "STATION_KEY": "k3y"}
MORE = st.fixed_dictionaries(
    {"STATION_ID": st.sampled_from(["roof", "Dach 2"])},
    optional={
        "STATION_URL": st.sampled_from(["https://a.example/", "http://b.example/x"]),
        "STATION_BATCH": st.sampled_from(["1", "2", "10"]),
        "STATION_DRY_RUN": st.sampled_from(["1", "true"]),
    },
)


def _watched(code: Namespace) -> SimpleNamespace:
    """The same code in given surroundings, whose main also tells what was sent."""

    def main(variables: dict[str, str], measurements: list[float]) -> object:
        send = Fake("send", when_called="send", send=None)
        with Surroundings(code, {**COMPLETE, **variables}) as there:
            done = there.code.main(measurements, send)
        return {"returned": done, "sent": [list(call.args) for call in calls_to(send)]}

    return SimpleNamespace(main=main)


@criterion(
    points=2,
    kind="behaviour",
    rule="RULES-9.R1",
    hint="The same batches, address and headers as before, for the same variables.",
)
def test_same_uploads(solution: Namespace, original: Namespace) -> None:
    """A station whose variables are all set uploads what it uploaded."""
    same_as_original(
        _watched(solution),
        _watched(original),
        lambda code, variables, measurements: code.main(variables, measurements),
        cases=[
            {"variables": variables, "measurements": [1.5] * count}
            for variables, count in (
                ({}, 0),
                ({}, 4),
                ({"STATION_BATCH": "2", "STATION_URL": "https://a.example/"}, 2),
                ({"STATION_BATCH": "1", "STATION_DRY_RUN": "1"}, 3),
            )
        ],
        examples=6,  # each loads both modules anew
        variables=MORE,
        measurements=st.lists(st.sampled_from([-4.5, 0.0, 21.25]), max_size=7),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-4.4.R1",
    hint="Whatever runs while the module is imported knows no settings yet.",
)
def test_nothing_is_read_at_import(solution: Namespace) -> None:
    """The module can be imported anywhere; what is set later is what counts."""
    variables: dict[str, Any] = {
        "STATION_ID": "mast",
        "STATION_KEY": fresh_secret(),
        "STATION_URL": "https://late.example/in",
        "STATION_BATCH": "2",
    }
    send = Fake("send", when_called="send", send=None)
    with Surroundings(solution, variables, loaded_before=True) as there:
        there.code.main([1.0, 2.0, 3.0], send)
    headers = {
        "Authorization": f"Bearer {variables['STATION_KEY']}",
        "Station": "mast",
    }
    expect_equal(
        [list(call.args) for call in calls_to(send)],
        [
            ["https://late.example/in", headers, [1.0, 2.0]],
            ["https://late.example/in", headers, [3.0]],
        ],
        called="main([1.0, 2.0, 3.0], send) with variables that were set after the "
        "import, and looked at what send got",
    )
