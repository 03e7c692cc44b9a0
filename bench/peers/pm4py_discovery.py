"""Discovery with pm4py. Usage: pm4py_discovery.py LOG.parquet (journey, happened_at, activity)."""

import json
import resource
import sys
import time
from collections import Counter

import numpy as np
import pandas as pd
import pm4py

seconds = {}


def timed(name, work):
    before = time.perf_counter()
    found = work()
    seconds[name] = time.perf_counter() - before
    return found


def load(path):
    frame = pd.read_parquet(path, columns=["journey", "happened_at", "activity"])
    frame["journey"] = frame["journey"].astype(str)
    frame["activity"] = frame["activity"].astype("object")
    return pm4py.format_dataframe(
        frame, case_id="journey", activity_key="activity", timestamp_key="happened_at"
    )


log = timed("load", lambda: load(sys.argv[1]))
counts, _, _ = timed("frequency", lambda: pm4py.discover_dfg(log))
durations, _, _ = timed("duration", lambda: pm4py.discover_performance_dfg(log))
variants = timed("variants", lambda: pm4py.get_variants(log))
ends = timed(
    "starts_ends", lambda: (pm4py.get_start_activities(log), pm4py.get_end_activities(log))
)
lasting = timed("throughput", lambda: float(np.median(pm4py.get_all_case_durations(log))))

top = sorted(((int(n), list(steps)) for steps, n in variants.items()), key=lambda v: (-v[0], v[1]))
result = {
    "seconds": seconds,
    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "edges": sorted(
        [a, b, int(n), float(durations[a, b]["mean"]), float(durations[a, b]["median"])]
        for (a, b), n in counts.items()
    ),
    "variants": len(variants),
    "variants_by_count": sorted(Counter(int(n) for n in variants.values()).items()),
    "top": top[:10],
    "starts": {name: int(n) for name, n in ends[0].items()},
    "ends": {name: int(n) for name, n in ends[1].items()},
    "median": lasting,
}
print(json.dumps(result))
