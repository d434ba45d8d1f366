"""Hidden criteria of the exercise data_libraries."""

from types import SimpleNamespace
from typing import Any

from autograder import criterion
from autograder.checks import (
    expect,
    expect_equal,
    expect_result,
    fresh_number,
    result_of,
    same_as_original,
)
from autograder.checks.growth import expect_memory
from autograder.namespace import Namespace

HEADER = "parcel,customer,sent,carrier,grams,express,note"
TABLES = """
import io as _io
import pandas as _pd

def parcels_of(text):
    return read_parcels(_io.StringIO(text))

def tariffs_of(rows, start=0):
    frame = _pd.DataFrame(rows, columns=["carrier", "up_to_grams", "cents"])
    frame = frame.astype({"carrier": "str", "up_to_grams": "int64", "cents": "int64"})
    return frame.set_index(frame.index * 7 + start)

def numbers(table):
    return sorted(zip(*(table[n].tolist() for n in table.columns[1:]), strict=True))

def bill(text, rows):
    table = freight(parcels_of(text), tariffs_of(rows, start=3))
    types = [str(table[name].dtype) for name in table.columns[2:]]
    return {"columns": list(table.columns), "index": table.index.tolist(),
            "types": types, "lines": numbers(table)}

def asked_again(text, rows, others):
    parcels, tariffs = parcels_of(text), tariffs_of(rows)
    first = numbers(freight(parcels, tariffs))
    freight(parcels, tariffs_of(others))
    return {"first": first, "again": numbers(freight(parcels, tariffs)),
            "tariffs": tariffs.reset_index().to_numpy().tolist()}

def months(text, rows):
    table = freight(parcels_of(text), tariffs_of(rows))
    return {"type": str(table["month"].dtype),
            "lines": [[str(month)[:19], carrier] for month, carrier
                      in zip(table["month"], table["carrier"], strict=True)]}
"""
OST = [("Ost", 2000, 450), ("Ost", 300, 310)]


def _file(*parcels: str) -> str:
    rows = [f"{number},Kim,{parcel},as usual" for number, parcel in enumerate(parcels)]
    return "\n".join([HEADER, *rows, ""])


def _bills(code: Namespace) -> SimpleNamespace:
    """The same code, billing a file."""
    return SimpleNamespace(bill=code.probe(TABLES).bill)


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-11.2.R4",
    hint="An empty column has no type of its own. Say which types you read.",
)
def test_files_that_lack_something(solution: Namespace, original: Namespace) -> None:
    """A file without parcels and tariffs without rows give a bill too."""
    full = _file("31.12.2025,Ost,200,yes", "01.01.2026,Ost,2000,no")
    same_as_original(
        _bills(solution),
        _bills(original),
        lambda code, file, tariffs: code.bill(file, tariffs),
        cases=[
            {"file": file, "tariffs": tariffs}
            for file in (_file(), full)
            for tariffs in (OST, [])
        ],
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-11.2.R4",
    hint="A new column belongs in a new frame: see assign.",
)
def test_what_is_given_stays_as_it_is(solution: Namespace) -> None:
    """freight changes neither the parcels nor the tariffs that it is given."""
    file = _file("31.12.2025,Ost,200,yes", "01.01.2026,,2000,no", "01.01.2026,Ost,1,no")
    others = [("Ost", 2000, fresh_number(1, 9)), ("?", 5000, 700)]
    called = "freight(parcels, tariffs), freight(parcels, other_tariffs) and the first "
    found = result_of(
        lambda: solution.probe(TABLES).asked_again(file, OST, others),
        called=called + "once more",
        expected="three bills",
    )
    expect(
        found["first"] == found["again"],
        called=called + "once more",
        got=f"returned first {found['first']!r}, then {found['again']!r}",
        expected="the same numbers twice",
    )
    expect_equal(
        found["tariffs"],
        [[0, *OST[0]], [7, *OST[1]]],
        called="freight(parcels, tariffs) and looked at the tariffs",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-11.2.R3",
    hint="A text sorts by its first letter. Parse the date, with its format.",
)
def test_months_are_dates(solution: Namespace) -> None:
    """month holds the first day of the month as a date; the lines are in its order."""
    year = fresh_number(2010, 2090)
    days = [("31.12", 0), ("02.01", 1), ("01.02", 0), ("29.01", 0)]
    sent = [f"{day}.{year + later}" for day, later in days]
    file = _file(*(f"{day},{who},200,no" for day in sent for who in ("Ost", "Nix")))
    found = result_of(
        lambda: solution.probe(TABLES).months(file, OST),
        called=f"freight with parcels sent on {', '.join(sent)}",
        expected="a bill",
    )
    firsts = [f"{year}-01-01", f"{year}-02-01", f"{year}-12-01", f"{year + 1}-01-01"]
    wanted = [[f"{day} 00:00:00", who] for day in firsts for who in ("Nix", "Ost")]
    dates = str(found["type"]).startswith("datetime64[")
    expect(
        dates and found["lines"] == wanted,
        called=f"freight with parcels sent on {', '.join(sent)}",
        got=f"gave months of the type {found['type']}, in lines {found['lines']!r}",
        expected=f"months of a datetime64 type, in lines {wanted!r}",
    )


BILLING = """
import io as _io
import pandas as _pd

def prepare(file, tariffs):
    columns = ["carrier", "up_to_grams", "cents"]
    return read_parcels(_io.StringIO(file)), _pd.DataFrame(tariffs, columns=columns)

def run(prepared):
    return freight(*prepared)
"""
READING = """
import io as _io

def prepare(file):
    return _io.StringIO(file)

def run(file):
    return read_parcels(file)

def parcels_billed(file, tariffs):
    table = freight(read_parcels(_io.StringIO(file)), tariffs_of(tariffs))
    return int(table["parcels"].sum())
"""


def _many(parcels: int) -> dict[str, Any]:
    first = fresh_number(0, 1000)
    rows = (
        f"{i % 28 + 1:02d}.{i % 4 + 1:02d}.2025,{('Blitz', 'Ost')[i % 2]},"
        f"{i % 1900 + 1},{('yes', 'no')[i // 2 % 2]}"
        for i in range(first, first + parcels)
    )
    bands = [(c, g, g + 150) for c in ("Blitz", "Ost") for g in range(200, 2200, 200)]
    return {"file": _file(*rows), "tariffs": bands}


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-11.2.R4",
    hint="Keep no objects for each parcel, and join it with one band, not with all.",
)
def test_memory_for_a_parcel(solution: Namespace) -> None:
    """freight needs at most 400 bytes for each parcel."""
    many = _many(1000)
    expect_result(
        lambda: solution.probe(TABLES + READING).parcels_billed(**many),
        1000,
        called="freight(parcels, tariffs) with 1,000 parcels and added up the parcels",
    )
    expect_memory(
        solution,
        BILLING,
        _many,
        at_most=400,
        called="freight(parcels, tariffs)",
        items="parcels",
    )


def _wide(further: int) -> dict[str, Any]:
    """1,000 parcels; the further columns stand on both sides of those needed."""
    left = ",".join(f"left{i}" for i in range(further // 2))
    right = ",".join(f"right{i}" for i in range(further // 2))
    lines = [f"{left},express,grams,carrier,sent,{right}"]
    for i in range(1000):
        texts = ",".join([f"text{i:06d}"] * (further // 2))
        lines.append(f"{texts},no,{i + 1},Ost,01.02.2025,{texts}")
    return {"file": "\n".join([*lines, ""])}


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-11.2.R1",
    hint="The reader can leave out what it need not parse: look for usecols.",
)
def test_only_needed_columns_are_read(solution: Namespace) -> None:
    """A file with more columns takes hardly more memory to read."""
    file, called = _wide(44)["file"], "read_parcels(a file of 1,000 parcels)"
    expect_result(
        lambda: solution.probe(TABLES + READING).parcels_billed(file, OST),
        1000,
        called=f"freight({called}, tariffs) and added up the parcels",
    )
    expect_memory(
        solution,
        READING,
        _wide,
        at_most=30_000,
        called=called,
        items="further columns",
        sizes=(4, 44),
    )
