"""A ferry line sells seats: one desk and one journal for each sailing."""

import os
from pathlib import Path

_on_sale: dict[str, "Desk"] = {}


class Refused(Exception):
    """The desk does not do this; the text says why."""


def fare(age: int) -> int:
    """Tell the fare in cents: 2000, in the high season 2600.

    Under 4 it is free, under 16 half of that, from 65 on three quarters.
    """
    if age < 0:
        raise Refused("nobody is younger than 0")
    full = 2600 if os.environ.get("FERRY_SEASON") == "high" else 2000
    if age < 4:
        return 0
    if age < 16:
        return full // 2
    if age >= 65:
        return full * 3 // 4
    return full


class Desk:
    """Sells the seats 1, 2, ... of one sailing until it is closed.

    Its journal is the file <sailing>.txt in the folder, with a line for each
    sale (sold 3 2000) and for each seat given back (back 3 2000).
    """

    def __init__(self, sailing: str, seats: int, folder: Path) -> None:
        if sailing in _on_sale:
            raise Refused(f"{sailing} is on sale already")
        self.sailing = sailing
        seat_numbers = range(1, seats + 1)
        self._paid: dict[int, int | None] = dict.fromkeys(seat_numbers)
        journal = folder / f"{sailing}.txt"
        self._journal = journal.open("a", encoding="utf-8")
        _on_sale[sailing] = self

    def sell(self, seat: int, age: int) -> int:
        """Sell a seat and return the fare; it must be there and free."""
        if self._look_up(seat) is not None:
            raise Refused(f"seat {seat} is taken")
        self._paid[seat] = paid = fare(age)
        self._write(f"sold {seat} {paid}")
        return paid

    def give_back(self, seat: int) -> int:
        """Take a seat back and return what was paid for it."""
        paid = self._look_up(seat)
        if paid is None:
            raise Refused(f"seat {seat} was not sold")
        self._paid[seat] = None
        self._write(f"back {seat} {paid}")
        return paid

    def free(self) -> list[int]:
        """List the free seats in order."""
        return [seat for seat in self._paid if self._paid[seat] is None]

    def close(self) -> None:
        """Close the journal; the sailing is no longer on sale."""
        self._journal.close()
        _on_sale.pop(self.sailing, None)

    def _look_up(self, seat: int) -> int | None:
        if self._journal.closed:
            raise Refused(f"{self.sailing} is closed")
        if seat not in self._paid:
            raise Refused(f"there is no seat {seat}")
        return self._paid[seat]

    def _write(self, line: str) -> None:
        self._journal.write(f"{line}\n")
        self._journal.flush()


def on_sale() -> list[str]:
    """List the sailings whose desks are open."""
    return sorted(_on_sale)
