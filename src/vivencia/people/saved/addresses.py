"""Which addresses can be kept, and in what form: a page of a short list, and its query."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import NoReverseMatch, reverse

from vivencia.lib.errors import BadInput

# page (the name of its address) -> what it takes to open it
PAGES = {
    "home": "scores.read",  # without it home shows no filters
    "scores": "scores.read",
    "journeys": "journeys.read",
    "customers": "customers.read",
}
NOT_KEPT = frozenset({"q"})  # what was sought is somebody's name or account
LONGEST = 4000


class Address(NamedTuple):
    """A page and its query, without the question mark."""

    page: str
    query: str

    def __str__(self) -> str:
        return reverse(self.page) + (f"?{self.query}" if self.query else "")


def read(text: str) -> Address:
    """The address in `text` ("/scores/?by=channel"), in one spelling. Raises BadInput for any
    other place than PAGES, however it is written."""
    page = _page_of(text)
    if page is None:
        raise BadInput(
            es="Solo se guardan vistas de inicio, indicadores, recorridos y clientes.",
            en="Only views of home, scores, journeys and customers can be saved.",
        )
    pairs = parse_qsl(urlsplit(text).query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if pair[0] not in NOT_KEPT], safe=":.")
    if len(query) > LONGEST:
        raise BadInput(
            es="Esta vista tiene demasiados filtros para guardarla.",
            en="This view has too many filters to be saved.",
        )
    return Address(page, query)


def _page_of(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    return next((page for page in PAGES if path_of(page) == parts.path), None)


def path_of(page: str) -> str | None:
    """The path of a page; None where its room is not installed."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return None
