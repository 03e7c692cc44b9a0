"""Log lines that give nothing away and can not be forged.

Secrets and personal data are taken out, and whatever could begin a new line or colour a
terminal is written out, because parts of a line come from strangers.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re

_SECRETS = (
    (re.compile(r"viv_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{20,}"), "viv_[key]"),
    (re.compile(r"(/(?:start|[sfw])/)[^/?\s\"']+"), r"\1[token]"),
    (re.compile(r"(?i)\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{8,}"), r"\1 [token]"),
    (
        re.compile(
            r"(?i)\b(password\d?|passwd|secret|token|sessionid|vivencia|vivencia-csrf"
            r"|csrfmiddlewaretoken|authorization|cookie)([\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+"
        ),
        r"\1\2[hidden]",
    ),
    (re.compile(r"[\w.+'%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # A telephone or a card: nine digits or more, however they are grouped.
    (re.compile(r"(?<![\w.:-])\+?\d(?:[ ().-]?\d){8,18}(?![\w:-])"), "[number]"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def redacted(text: str) -> str:
    """`text` on one line, with secrets, addresses and long numbers replaced by their kind."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class Redacting(logging.Formatter):
    """A formatter whose every line has been through `redacted`.

    Of an exception the kind and the place are kept, not its message: that may quote what a
    person typed. The lines of a traceback are our own code and stay lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        return redacted(super().formatMessage(record))

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        kind, _, trace = ei
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        return "\n".join([*frames[-20:], f"  {kind.__name__ if kind else 'error'}"])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return ""


class JsonLines(Redacting):
    """The same as one JSON object a line, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        told = {
            "time": at.isoformat("T", "milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
