import pytest

from drivingschool import UnknownKind, price


def test_evening_costs_more():
    assert price("car", 60, "2026-03-02 18:00") == 8250


def test_unknown_kind():
    with pytest.raises(UnknownKind):
        price("boat", 60, "2026-03-02 18:00")
