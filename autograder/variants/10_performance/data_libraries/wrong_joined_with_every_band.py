# caught by: memory_for_a_parcel
"""Expected at most 400 bytes for each"""

from typing import TextIO

import pandas as pd

COLUMNS = ["sent", "carrier", "grams", "express"]


def read_parcels(file: TextIO) -> pd.DataFrame:
    return pd.read_csv(
        file,
        usecols=COLUMNS,
        dtype={"carrier": "str", "grams": "int64"},
    )


def freight(parcels: pd.DataFrame, tariffs: pd.DataFrame) -> pd.DataFrame:
    sent = pd.to_datetime(parcels["sent"], format="%d.%m.%Y")
    keyed = parcels.assign(
        month=sent.dt.to_period("M").dt.to_timestamp(),
        carrier=parcels["carrier"].fillna("?"),
    )
    keyed["number"] = range(len(keyed))
    fitting = keyed.merge(tariffs, on="carrier").query("grams <= up_to_grams")
    cheapest = fitting.sort_values("up_to_grams").drop_duplicates("number")
    priced = keyed.merge(cheapest[["number", "cents"]], on="number", how="left")
    basic = priced["cents"].fillna(0).astype("int64")
    surcharge = (basic * 75 + 500) // 1000
    return (
        priced.assign(
            unpriced=priced["cents"].isna(),
            cents=basic + surcharge.where(priced["express"] == "yes", 0),
        )
        .groupby(["month", "carrier"], as_index=False)
        .agg(
            parcels=("grams", "size"),
            unpriced=("unpriced", "sum"),
            cents=("cents", "sum"),
        )
    )
