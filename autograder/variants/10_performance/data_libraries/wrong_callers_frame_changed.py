# caught by: what_is_given_stays_as_it_is
"""looked at the tariffs"""

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
    tariffs.sort_values("up_to_grams", inplace=True)
    priced = pd.merge_asof(
        keyed.sort_values("grams"),
        tariffs,
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
