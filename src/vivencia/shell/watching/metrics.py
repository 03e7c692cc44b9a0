"""The figures in Prometheus' text format (0.0.4). Numbers and words of fixed lists, no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version

from vivencia.shell.watching import counters, state
from vivencia.shell.watching.counters import BUCKETS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[str, Mapping[str, str], float]  # what follows the name, labels, value


def text() -> str:
    """Everything there is to watch."""
    return "".join([*_of_the_installation(), *_of_the_process()])


def family(name: str, sort: str, told: str, samples: Iterable[Sample]) -> str:
    """One metric with its help and its samples; names begin with "vivencia_"."""
    name = f"vivencia_{name}"
    lines = [f"# HELP {name} {told}", f"# TYPE {name} {sort}"]
    for rest, labels, value in samples:
        said = ",".join(f'{label}="{_escaped(word)}"' for label, word in labels.items())
        lines.append(f"{name}{rest}{'{' + said + '}' if said else ''} {value:.17g}")
    return "\n".join(lines) + "\n"


def gauge(name: str, told: str, value: float) -> str:
    return family(name, "gauge", told, [("", {}, value)])


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_the_installation() -> Iterable[str]:
    now = state.installation()
    yield gauge("columns_up", "Whether the columns answer.", now.lag is not None)
    if now.lag is not None:
        yield gauge("log_seq", "Newest interaction of the log.", now.lag.log)
        yield gauge("columns_seq", "Interaction the columns stand at.", now.lag.columns)
        yield gauge("columns_lag_seconds", "Age of the oldest one not copied.", now.lag.seconds)
    yield gauge("quarantine_waiting", "Items in quarantine.", now.quarantined)
    yield family(
        "intake_items_total",
        "counter",
        "Items of the doors, by outcome.",
        [("", {"outcome": word}, n) for word, n in now.received.items()],
    )
    yield family(
        "outbox_messages",
        "gauge",
        "Messages of the outbox, by state.",
        [("", {"state": word}, n) for word, n in sorted(now.messages.items())],
    )
    yield gauge("database_bytes", "Size of the database.", now.database)
    yield gauge("journal_bytes", "Size of its write-ahead log.", now.journal)
    yield gauge("columns_bytes", "Size of the columns.", now.columns)
    yield gauge("disk_free_bytes", "Free where the data are.", now.free)
    for name, run in (("backup", now.backup), ("verify", now.verify)):
        yield gauge(
            f"last_{name}_timestamp_seconds",
            f"When the last {name} ended; 0: never.",
            run.at / 1000 if run else 0,
        )
        yield gauge(
            f"last_{name}_good", f"Whether the last {name} ended well.", bool(run and run.good)
        )
    yield gauge(
        "audit_checked_timestamp_seconds",
        "When the audit trail was last checked.",
        (now.audit_checked_at or 0) / 1000,
    )
    yield gauge("audit_whole", "Whether the audit trail held then.", not now.audit_trouble)


def _of_the_process() -> Iterable[str]:
    yield family(
        "build_info", "gauge", "The version that runs.", [("", {"version": version("vivencia")}, 1)]
    )
    yield gauge("start_time_seconds", "When this process began.", counters.STARTED_S)
    yield gauge("resident_bytes", "Memory of this process.", state.memory())
    yield gauge("open_files", "Files this process holds open.", state.open_files())
    answered = counters.REQUESTS.so_far()
    yield family(
        "requests_total",
        "counter",
        "Answers, by class of status.",
        [("", {"status": word}, n) for word, n in answered.by_class.items()],
    )
    below = [
        ("_bucket", {"le": f"{end:g}"}, n) for end, n in zip(BUCKETS, answered.below, strict=True)
    ]
    yield family(
        "answer_seconds",
        "histogram",
        "How long answers took.",
        [
            *below,
            ("_bucket", {"le": "+Inf"}, answered.answers),
            ("_sum", {}, answered.seconds),
            ("_count", {}, answered.answers),
        ],
    )
    jobs = counters.JOBS.all().items()
    yield family(
        "job_success_timestamp_seconds",
        "gauge",
        "When a job last ended well.",
        [("", {"job": name}, done.succeeded_at / 1000) for name, done in jobs],
    )
    yield family(
        "job_failures_total",
        "counter",
        "How often a job failed.",
        [("", {"job": name}, done.failures) for name, done in jobs],
    )
