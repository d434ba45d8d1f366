"""Types and dates are settled while the file is read; each carrier is cut into its bands."""

import pandas as pd


def read_parcels(file):
    parcels = pd.read_csv(
        file,
        usecols=lambda name: name in {"sent", "carrier", "grams", "express"},
        dtype={"sent": "str", "carrier": "str", "grams": "int64"},
        true_values=["yes"],
        false_values=["no"],
    )
    parcels["sent"] = pd.to_datetime(parcels["sent"], format="%d.%m.%Y")
    parcels["carrier"] = parcels["carrier"].fillna("?")
    return parcels


def _prices(weights, bands):
    bands = bands.sort_values("up_to_grams")
    edges = [-1, *bands["up_to_grams"]]
    band = pd.cut(weights, edges, labels=False)
    return band.map(dict(enumerate(bands["cents"])))


def freight(parcels, tariffs):
    month = parcels["sent"] - pd.to_timedelta(parcels["sent"].dt.day - 1, unit="D")
    price = pd.Series(float("nan"), index=parcels.index)
    for carrier, bands in tariffs.groupby("carrier"):
        mine = parcels["carrier"] == carrier
        price = price.where(~mine, _prices(parcels["grams"], bands))
    unpriced = price.isna()
    cents = price.fillna(0).astype("int64")
    express = parcels["express"].astype(bool)
    cents = cents.mask(express, cents + (cents * 75 + 500) // 1000)
    table = pd.DataFrame(
        {"month": month, "carrier": parcels["carrier"], "parcels": 1}
    ).assign(unpriced=unpriced.astype("int64"), cents=cents)
    return table.groupby(["month", "carrier"]).sum().reset_index()
