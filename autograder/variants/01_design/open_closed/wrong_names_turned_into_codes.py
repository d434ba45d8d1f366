# caught by: no_decision_on_names
"""You called add_carrier('post', Pigeon()); quote('post', 700). It returned 440. Expected 2700."""

POST, COURIER, LOCKER = range(3)
CODES = {"post": POST, "courier": COURIER, "locker": LOCKER}
_added = {}


def add_carrier(name, carrier):
    for method in ("quote", "label", "days"):
        if not callable(getattr(carrier, method, None)):
            raise TypeError(f"carrier {name} has no method {method}")
    _added[name] = carrier


def _find(name):
    if name not in _added:
        raise ValueError(f"unknown carrier: {name}")
    return _added[name]


def quote(carrier, grams):
    if grams < 0:
        raise ValueError(f"negative weight: {grams}")
    code = CODES.get(carrier)
    if code == 0:
        return 390 if grams <= 500 else 390 + (grams - 500) // 100 * 25
    if code == 1:
        return 900 + grams // 1000 * 150
    if code == 2:
        return 250 if grams <= 2000 else 480
    return _find(carrier).quote(grams)


def label(carrier, parcel_id):
    code = CODES.get(carrier)
    if code == 0:
        return f"P-{parcel_id:08d}"
    if code == 1:
        return f"CR/{parcel_id}/EXPRESS"
    if code == 2:
        return f"BOX {parcel_id % 97:02d} {parcel_id}"
    return _find(carrier).label(parcel_id)


def days(carrier, zone):
    code = CODES.get(carrier)
    if code == 0:
        return 2 + zone
    if code == 1:
        return 1 if zone < 3 else 2
    if code == 2:
        return 3
    return _find(carrier).days(zone)


def manifest(parcels):
    lines = []
    total = 0
    for carrier, parcel_id, grams in parcels:
        price = quote(carrier, grams)
        lines.append(f"{label(carrier, parcel_id)}: {price / 100:.2f}")
        total += price
    lines.append(f"total: {total / 100:.2f}")
    return lines
