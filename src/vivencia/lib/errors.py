"""Every error the program raises on purpose.

VivenciaError
├── BadInput            what came in can not be used as it is (HTTP 422, exit code 2)
│   ├── BadFile         a file can not be read, or not as the format named (exit code 2)
│   ├── BadMapping      the mapping does not fit the file, or leaves something undecided
│   └── BadQuestion     an unknown field, definition, period or filter was asked for
├── Refused             understood, but not now or not by you
│   ├── Conflict        it would contradict something already there (HTTP 409, exit code 3)
│   ├── Busy            come back later: locked, full or draining (HTTP 503, exit code 4)
│   │   └── Underway    it is being worked out, and kept: ask again (HTTP 503, or a page that waits)
│   └── NotFound        it is not there, or not yours, which is the same (HTTP 404, exit code 5)
└── Broken              the installation itself is wrong, e.g. a missing trigger (exit code 6)

A message is one plain sentence in both languages: what happened, what was kept, what to do.
"""

from __future__ import annotations


class VivenciaError(Exception):
    """An error with a sentence for a person, in Spanish and English."""

    status = 500
    exit_code = 1

    def __init__(self, *, es: str, en: str, reason: str = "") -> None:
        super().__init__(en)
        self.es = es
        self.en = en
        self.reason = reason

    def said(self, language: str) -> str:
        """The sentence in `language` ("es…" gives Spanish, anything else English)."""
        return self.es if language.startswith("es") else self.en


class BadInput(VivenciaError):
    status, exit_code = 422, 2


class BadFile(BadInput):
    pass


class BadMapping(BadInput):
    pass


class BadQuestion(BadInput):
    pass


class Refused(VivenciaError):
    status, exit_code = 403, 3


class Conflict(Refused):
    status, exit_code = 409, 3


class Busy(Refused):
    status, exit_code = 503, 4


class Underway(Busy):
    """`done` of the `total` parts known so far are worked out; total 0 before the first."""

    def __init__(self, *, done: int, total: int) -> None:
        super().__init__(
            es="Se está calculando, y el resultado se guarda. Vuelve a pedirlo en unos segundos.",
            en="It is being worked out, and the result is kept. Ask for it again in seconds.",
            reason="underway",
        )
        self.done = done
        self.total = total


class NotFound(Refused):
    status, exit_code = 404, 5


class Broken(VivenciaError):
    status, exit_code = 500, 6
