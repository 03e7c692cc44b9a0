"""Who reads the pages of scores in these tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import interactions
from vivencia.people.models import User

SignIn = Callable[..., Client]


@pytest.fixture(scope="session")
def made_once() -> Iterator[MemoryColumns]:
    """Columns of a made log; these tests only read them."""
    made = MemoryColumns(interactions(2000), "UTC")
    yield made
    made.close()


@pytest.fixture
def columns(made_once: MemoryColumns) -> Iterator[MemoryColumns]:
    """The same columns, asked by the views of this process."""
    here.own(made_once)
    yield made_once
    here.own(None)


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """sign_in("analyst", "es") → a client of that role and language."""

    def signed_in(role: str = "analyst", language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(User.objects.create(email=f"{role}@ejemplo.es", role=role))
        return client

    return signed_in


def text_of(answer: HttpResponseBase) -> str:
    """The words of a page on one line, without its tags."""
    assert answer.status_code == 200, answer
    assert hasattr(answer, "content")
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0]+", " ", unescape(page))
