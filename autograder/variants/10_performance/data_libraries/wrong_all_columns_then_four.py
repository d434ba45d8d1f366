# caught by: only_needed_columns_are_read
"""bytes of memory for each one more"""

from typing import TextIO

import pandas as pd

COLUMNS = ["sent", "carrier", "grams", "express"]


def read_parcels(file: TextIO) -> pd.DataFrame:
    everything = pd.read_csv(file, dtype={"carrier": "str", "grams": "int64"})
    return everything[COLUMNS]


def freight(parcels: pd.DataFrame, tariffs: pd.DataFrame) -> pd.DataFrame:
    sent = pd.to_datetime(parcels["sent"], format="%d.%m.%Y")
    keyed = parcels.assign(
        month=sent.dt.to_period("M").dt.to_timestamp(),
        carrier=parcels["carrier"].fillna("?"),
    )
    priced = pd.merge_asof(
        keyed.sort_values("grams"),
        tariffs.sort_values("up_to_grams"),
        left_on="grams",
        right_on="up_to_grams",
        by="carrier",
        direction="forward",
    )
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
