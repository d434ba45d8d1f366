# caught by: no_python_for_each_parcel
"""lines of your code, then"""

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
    bands = {
        carrier: sorted(zip(rows["up_to_grams"], rows["cents"], strict=True))
        for carrier, rows in tariffs.groupby("carrier")
    }

    def price(parcel):
        fitting = bands.get(parcel["carrier"], [])
        return next((c for up_to, c in fitting if parcel["grams"] <= up_to), None)

    cents = [price(parcel) for _, parcel in keyed.iterrows()]
    priced = keyed.assign(cents=pd.array(cents, dtype="Int64"))
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
