"""What may be wrong with a request, in the words and statuses of Delighted's API."""

from __future__ import annotations

MESSAGES = {
    401: 'Unauthorized: send an API key with the scope "delighted" as the user of Basic.',
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable: only application/json is spoken here.",
    422: "Unprocessable Entity",
    429: "Too Many Requests: wait as many seconds as Retry-After says.",
    503: "Service Unavailable: wait as many seconds as Retry-After says.",
}


class Failed(Exception):
    """A request that ends with `status`; a wait in seconds where it may be tried again."""

    def __init__(self, status: int, *, retry_after: int = 0) -> None:
        super().__init__(MESSAGES[status])
        self.status = status
        self.retry_after = retry_after
        self.errors: dict[str, list[str]] = {}

    def as_dict(self) -> dict[str, object]:
        told: dict[str, object] = {"status": self.status, "message": str(self)}
        return {**told, "errors": self.errors} if self.errors else told


class Invalid(Failed):
    """422: the parameter `name` can not be used, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(422)
        self.errors = {name: [why]}
