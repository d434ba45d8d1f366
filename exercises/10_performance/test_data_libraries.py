"""Visible criteria: learners have this file."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect_result, fresh_number, same_as_original
from autograder.checks.growth import expect_vectorised
from autograder.namespace import Namespace

BILL = """
import io as _io
import pandas as _pd

def _month(value):
    text = str(value)
    return f"{text[3:]}-{text[:2]}" if text[2:3] == "." else text[:7]

def bill(parcels, tariffs):
    rows = [f"{i},Kim,{line},as usual" for i, line in enumerate(parcels)]
    file = "\\n".join(["parcel,customer,sent,carrier,grams,express,note", *rows, ""])
    columns = ["carrier", "up_to_grams", "cents"]
    frame = _pd.DataFrame(tariffs, columns=columns)
    frame = frame.astype({"carrier": "str", "up_to_grams": "int64", "cents": "int64"})
    table = freight(read_parcels(_io.StringIO(file)), frame)
    lines = zip(*(table[name].tolist() for name in table.columns))
    return {
        "columns": [str(name) for name in table.columns],
        "index": table.index.tolist(),
        "types": {str(n): str(table[n].dtype) for n in table.columns[2:]},
        "lines": sorted([_month(line[0]), *line[1:]] for line in lines),
    }
"""
TARIFFS = [("Ost", 2000, 13_450), ("Blitz", 1000, 399), ("Blitz", 500, 380)]
PARCEL = st.builds(
    "{}.{}.{},{},{},{}".format,
    st.sampled_from(["01", "15", "28"]),
    st.sampled_from(["01", "02", "12"]),
    st.sampled_from([2024, 2025, 2026]),
    st.sampled_from(["Blitz", "Ost", "Nix", ""]),
    st.sampled_from([1, 500, 501, 1000, 1001, 2000, 2001]),
    st.sampled_from(["yes", "no"]),
)
TARIFF = st.tuples(
    st.sampled_from(["Blitz", "Ost", "?"]),
    st.sampled_from([500, 1000, 2000]),
    st.integers(1, 5000),
)


def readable(code: Namespace) -> SimpleNamespace:
    """The same code; its bill is plain data, the month in one form."""
    return SimpleNamespace(bill=code.probe(BILL).bill)


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-11.2.R2",
    hint="Mind half a cent, weights on a limit, parcels without carrier or band.",
)
def test_same_bill_as_before(solution: Namespace, original: Namespace) -> None:
    """The bill has the same lines, whatever their order, the same types and index."""
    edges = [
        f"31.12.2025,{carrier},{grams},{express}"
        for carrier in ("Blitz", "Ost", "Nix", "")
        for grams in (500, 501, 2001)
        for express in ("yes", "no")
    ]
    same_as_original(
        readable(solution),
        readable(original),
        lambda code, parcels, tariffs: code.bill(parcels, tariffs),
        cases=[
            *({"parcels": [edge], "tariffs": TARIFFS} for edge in edges[::5]),
            {"parcels": edges, "tariffs": [*TARIFFS, ("?", 500, 700)]},
        ],
        examples=6,
        parcels=st.lists(PARCEL, min_size=1, max_size=12),
        tariffs=st.lists(TARIFF, min_size=1, max_size=6, unique_by=lambda t: t[:2]),
    )


MEASURED = """
import io as _io
import pandas as _pd

def prepare(file, tariffs):
    return file, _pd.DataFrame(tariffs, columns=["carrier", "up_to_grams", "cents"])

def run(prepared):
    file, tariffs = prepared
    return freight(read_parcels(_io.StringIO(file)), tariffs)

def sums(file, tariffs):
    table = run(prepare(file, tariffs))
    return {name: int(table[name].sum()) for name in ("parcels", "unpriced", "cents")}
"""


def a_day(parcels: int) -> dict[str, Any]:
    """A file of so many parcels, from four months and three carriers, and tariffs."""
    start = fresh_number(0, 1000)
    lines = ["parcel,customer,sent,carrier,grams,express,note"]
    for i in range(start, start + parcels):
        sent = f"{i % 28 + 1:02d}.{i % 4 + 1:02d}.{2025 + i % 8 // 4}"
        carrier, express = ("Blitz", "Ost", "Nix")[i % 3], ("yes", "no")[i // 3 % 2]
        lines.append(f"{i},Kim,{sent},{carrier},{i % 1900 + 1},{express},as usual")
    tariffs = [
        (carrier, up_to, up_to + 150)
        for carrier in ("Blitz", "Ost")
        for up_to in range(200, 1800, 200)
    ]
    return {"file": "\n".join([*lines, ""]), "tariffs": tariffs}


@criterion(
    points=3,
    kind="design",
    rule="GUIDE-11.2.R2",
    hint="A loop over rows, iterrows and apply run your code once for each parcel.",
)
def test_no_python_for_each_parcel(solution: Namespace, original: Namespace) -> None:
    """Reading and billing 2,000 parcels runs no more lines of Python than 200."""
    day = a_day(2000)
    expect_result(
        lambda: solution.probe(MEASURED).sums(**day),
        original.probe(MEASURED).sums(**day),
        called="freight(read_parcels(file), tariffs) with 2,000 parcels "
        "and added up each column",
    )
    expect_vectorised(
        solution,
        MEASURED,
        a_day,
        called="freight(read_parcels(file), tariffs)",
        items="parcels",
    )
