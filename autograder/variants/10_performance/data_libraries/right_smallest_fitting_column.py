"""Each band is a column of prices; the smallest that fits is taken. Grouped by period."""

import numpy as np
import pandas as pd

DATE = "%d.%m.%Y"


def read_parcels(file):
    kinds = {"sent": str, "carrier": str, "grams": int, "express": str}
    return pd.read_csv(file, usecols=list(kinds), dtype=kinds)[list(kinds)]


def freight(parcels, tariffs):
    work = parcels.copy()
    work["month"] = pd.to_datetime(work.pop("sent"), format=DATE).dt.to_period("M")
    work["carrier"] = work["carrier"].fillna("?")
    work["cents"] = np.nan
    for band in tariffs.sort_values("up_to_grams").itertuples():
        fits = (work["carrier"] == band.carrier) & (work["grams"] <= band.up_to_grams)
        work.loc[fits & work["cents"].isna(), "cents"] = band.cents
    work["unpriced"] = work["cents"].isna().astype("int64")
    work["cents"] = work["cents"].fillna(0).astype("int64")
    work["cents"] += np.where(
        work["express"].eq("yes"), (work["cents"] * 75 + 500) // 1000, 0
    )
    groups = work.groupby(["month", "carrier"])
    table = groups[["unpriced", "cents"]].sum()
    table.insert(0, "parcels", groups.size())
    table = table.reset_index()
    table["month"] = table["month"].dt.to_timestamp()
    return table
