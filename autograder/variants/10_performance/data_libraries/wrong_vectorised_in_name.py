# caught by: no_python_for_each_parcel
"""Expected about as many for 2,000 parcels as for 200"""

from typing import TextIO

import numpy as np
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

    def price(carrier, grams):
        for up_to, cents in bands.get(carrier, []):
            if grams <= up_to:
                return float(cents)
        return float("nan")

    if keyed.empty:
        priced = keyed.assign(cents=0.0)
    else:
        of_all = np.vectorize(price, otypes=[float])
        priced = keyed.assign(cents=of_all(keyed["carrier"], keyed["grams"]))
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
