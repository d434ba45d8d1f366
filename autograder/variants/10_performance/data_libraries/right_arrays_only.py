"""Arrays from the file to the sums; pandas reads and shows."""

import numpy as np
import pandas as pd


def read_parcels(file):
    frame = pd.read_csv(
        file,
        usecols=["sent", "carrier", "grams", "express"],
        dtype={"carrier": str, "grams": np.int64, "express": "category"},
    )
    sent = pd.to_datetime(frame["sent"], format="%d.%m.%Y")
    return {
        "month": sent.to_numpy().astype("datetime64[M]"),
        "carrier": frame["carrier"].fillna("?").to_numpy(dtype=object),
        "grams": frame["grams"].to_numpy(),
        "express": (frame["express"] == "yes").to_numpy(),
    }


def freight(parcels, tariffs):
    month, grams = parcels["month"], parcels["grams"]
    names, carrier = np.unique(parcels["carrier"].astype(str), return_inverse=True)
    cents = np.full(len(grams), -1, dtype=np.int64)
    ordered = tariffs.sort_values("up_to_grams", ascending=False)
    for name, up_to, price in zip(
        ordered["carrier"], ordered["up_to_grams"], ordered["cents"], strict=True
    ):
        cents[(names[carrier] == name) & (grams <= up_to)] = price
    unpriced = cents < 0
    cents[unpriced] = 0
    cents[parcels["express"]] += (cents[parcels["express"]] * 75 + 500) // 1000
    months, place = np.unique(month, return_inverse=True)
    cells, line = np.unique(place * len(names) + carrier, return_inverse=True)
    sums = np.zeros((3, len(cells)), dtype=np.int64)
    np.add.at(sums[0], line, 1)
    np.add.at(sums[1], line, unpriced)
    np.add.at(sums[2], line, cents)
    width = max(len(names), 1)
    return pd.DataFrame(
        {
            "month": months[cells // width].astype("datetime64[s]"),
            "carrier": names[cells % width].astype(object),
            "parcels": sums[0],
            "unpriced": sums[1],
            "cents": sums[2],
        }
    )
