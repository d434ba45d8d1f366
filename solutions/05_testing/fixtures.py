"""Each test has a desk, a folder and a season of its own, and nothing outlives it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ferry import Desk, Refused, fare, on_sale

ADULT = 30


@pytest.fixture(autouse=True)
def low_season(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FERRY_SEASON", raising=False)


@pytest.fixture
def high_season(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERRY_SEASON", "high")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk("north", 4, tmp_path)) as desk:
        yield desk


@pytest.fixture
def sold(desk: Desk) -> Desk:
    """A desk that has sold seat 2."""
    desk.sell(2, ADULT)
    return desk


@pytest.mark.parametrize(
    ("age", "cents"),
    [(0, 0), (3, 0), (4, 1000), (15, 1000), (16, 2000), (64, 2000), (65, 1500)],
)
def test_fare_depends_on_the_age(age: int, cents: int) -> None:
    assert fare(age) == cents


@pytest.mark.parametrize(("age", "cents"), [(4, 1300), (16, 2600), (65, 1950)])
@pytest.mark.usefixtures("high_season")
def test_fare_in_the_high_season(age: int, cents: int) -> None:
    assert fare(age) == cents


def test_nobody_is_younger_than_0() -> None:
    with pytest.raises(Refused):
        fare(-1)


def test_all_seats_of_a_new_desk_are_free(desk: Desk) -> None:
    assert desk.free() == [1, 2, 3, 4]
    assert on_sale() == ["north"]


def test_a_seat_costs_the_fare_and_is_taken(desk: Desk) -> None:
    assert desk.sell(2, ADULT) == 2000
    assert desk.free() == [1, 3, 4]


@pytest.mark.usefixtures("high_season")
def test_a_seat_costs_more_in_the_high_season(desk: Desk) -> None:
    assert desk.sell(2, ADULT) == 2600


def test_a_seat_given_back_is_free_and_paid_back(sold: Desk) -> None:
    assert sold.give_back(2) == 2000
    assert sold.free() == [1, 2, 3, 4]


def test_what_was_paid_is_paid_back(
    sold: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FERRY_SEASON", "high")
    assert sold.give_back(2) == 2000


def test_the_journal_has_a_line_for_each_event(sold: Desk, tmp_path: Path) -> None:
    sold.give_back(2)
    lines = (tmp_path / "north.txt").read_text(encoding="utf-8").splitlines()
    assert lines == ["sold 2 2000", "back 2 2000"]


def test_a_taken_seat_is_refused(sold: Desk) -> None:
    with pytest.raises(Refused):
        sold.sell(2, ADULT)


def test_a_free_seat_cannot_be_given_back(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.give_back(2)


@pytest.mark.parametrize("seat", [0, 5])
def test_a_seat_that_is_not_there_is_refused(desk: Desk, seat: int) -> None:
    with pytest.raises(Refused):
        desk.sell(seat, ADULT)


def test_a_sailing_is_on_sale_once(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        Desk(desk.sailing, 2, tmp_path)


def test_a_closed_desk_sells_nothing(desk: Desk) -> None:
    desk.close()
    assert on_sale() == []
    with pytest.raises(Refused):
        desk.sell(2, ADULT)
