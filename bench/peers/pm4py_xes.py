"""Reading XES with pm4py. Usage: pm4py_xes.py LOG.xes.gz."""

import contextlib
import hashlib
import io
import json
import pathlib
import sys
import time

import pm4py

before, busy = time.perf_counter(), time.process_time()
with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
    frame = pm4py.read_xes(sys.argv[1])
seconds, cpu = time.perf_counter() - before, time.process_time() - busy
status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
memory = int(status.split("VmHWM:")[1].split()[0]) // 1024

at = frame["time:timestamp"].astype("datetime64[ms, UTC]").astype("int64").tolist()
names = ("case:concept:name", "concept:name", "touchpoint")
case, activity, touchpoint = (frame[name].astype(str).tolist() for name in names)
lines = zip(case, at, activity, touchpoint, strict=True)
text = "\n".join("|".join(map(str, line)) for line in lines)
result = {
    "seconds": seconds,
    "cpu": cpu,
    "memory_mb": memory,
    "events": len(frame),
    "columns": sorted(frame.columns),
    "digest": hashlib.sha256(text.encode()).hexdigest(),
}
print(json.dumps(result))
