"""NPS, CSAT and CES by month and channel with 95 % intervals, in pandas.

Usage: pandas_answers.py ANSWERS.parquet (happened_at, channel, scale, score).
"""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

Z = 1.96


def grouped(frame, **columns):
    """One row for each month and channel, with the sums of the columns given."""
    keyed = frame.assign(month=frame["happened_at"].dt.to_period("M"), one=1, **columns)
    sums = {"n": ("one", "sum")} | {name: (name, "sum") for name in columns}
    return keyed.groupby(["month", "channel"], observed=True).agg(**sums)


def nps(frame):
    each = grouped(frame, good=frame["score"] >= 9, bad=frame["score"] <= 6)
    p, d, n = (each["good"] + 0.75), (each["bad"] + 0.75), each["n"] + 3
    centre = (p - d) / n
    half = Z * np.sqrt(((p + d) / n - centre**2) / n)
    each["value"] = 100 * (each["good"] - each["bad"]) / each["n"]
    each["low"], each["high"] = 100 * (centre - half), 100 * (centre + half)
    return each


def csat(frame):
    each = grouped(frame, good=frame["score"] >= 4)
    n, share = each["n"], each["good"] / each["n"]
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    each["value"] = 100 * share
    each["low"], each["high"] = 100 * (centre - half), 100 * (centre + half)
    return each


def ces(frame):
    score = frame["score"].astype("int64")
    each = grouped(frame, total=score, squares=score**2)
    n, mean = each["n"], each["total"] / each["n"]
    error = np.sqrt((each["squares"] - n * mean**2) / (n - 1) / n)
    half = stats.t.ppf(0.975, n - 1) * error
    each["value"], each["low"], each["high"] = mean, mean - half, mean + half
    return each


frame = pd.read_parquet(sys.argv[1])
seconds = []
for _ in range(3):
    before = time.perf_counter()
    tables = {
        name: work(frame[frame["scale"] == scale])
        for name, scale, work in (
            ("nps", "nps", nps),
            ("csat", "csat5", csat),
            ("ces", "ces7", ces),
        )
    }
    seconds.append(time.perf_counter() - before)

rows = [
    [name, f"{month}-01", channel, int(row["n"]), row["value"], row["low"], row["high"]]
    for name, table in tables.items()
    for (month, channel), row in table.iterrows()
]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"seconds": sorted(seconds)[1], "memory_mb": memory, "rows": sorted(rows)}))
