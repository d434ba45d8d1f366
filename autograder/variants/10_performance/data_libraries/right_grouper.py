"""In a hurry: nullable text, lambdas in assign, a Grouper of months."""

import pandas as pd

def read_parcels(file):
    df = pd.read_csv(file, usecols=["sent", "carrier", "grams", "express"], parse_dates=["sent"], date_format="%d.%m.%Y", dtype={"carrier":"string"})
    return df.assign(carrier=lambda d: d.carrier.fillna("?"), express=lambda d: d.express.eq("yes"), grams=lambda d: d.grams.astype("int64"), sent=lambda d: pd.to_datetime(d.sent))

def freight(parcels, tariffs):
    t = tariffs.sort_values("up_to_grams").astype({"carrier": "string"})
    df = pd.merge_asof(parcels.reset_index().sort_values("grams"), t, left_on="grams", right_on="up_to_grams", by="carrier", direction="forward")
    df["unpriced"] = df.cents.isna()
    df["cents"] = df.cents.fillna(0).astype(int)
    df.loc[df.express, "cents"] = df.cents + (df.cents * 75 + 500) // 1000
    out = df.groupby([pd.Grouper(key="sent", freq="MS"), "carrier"]).agg(parcels=("grams","count"), unpriced=("unpriced","sum"), cents=("cents","sum"))
    return out.reset_index().rename(columns={"sent": "month"})
