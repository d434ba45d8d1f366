"""The band of each weight is searched in a sorted array, carrier by carrier."""

import numpy as np, pandas as pd
def read_parcels(file):
    return pd.read_csv(file, usecols=["sent","carrier","grams","express"], dtype={"carrier":"str","grams":"int64"})
def freight(parcels, tariffs):
    carrier = parcels["carrier"].fillna("?")
    grams = parcels["grams"].to_numpy()
    cents = np.zeros(len(parcels), dtype=np.int64); priced=np.zeros(len(parcels),dtype=bool)
    for name, bands in tariffs.groupby("carrier"):
        bands = bands.sort_values("up_to_grams")
        mine = (carrier == name).to_numpy()
        at = np.searchsorted(bands["up_to_grams"].to_numpy(), grams[mine])
        fits = at < len(bands)
        padded = np.append(bands["cents"].to_numpy(), 0)
        cents[mine] = padded[at]
        priced[mine] = fits
    cents = cents + np.where(parcels["express"].to_numpy() == "yes", (cents*75+500)//1000, 0)
    month = pd.to_datetime(parcels["sent"], format="%d.%m.%Y").to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    t = pd.DataFrame({"month":month,"carrier":carrier,"unpriced":~priced,"cents":cents})
    return t.groupby(["month","carrier"]).agg(parcels=("cents","size"),unpriced=("unpriced","sum"),cents=("cents","sum")).reset_index()
