"""A survey of three versions with answers, and the columns that hold them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.surveys.builder.actions import create, publish
from vivencia.surveys.definition.schema import written
from vivencia.surveys.models import Survey, Version
from vivencia.surveys.results.tests.test_counting import MADE, SLUG, VERSIONS


@pytest.fixture
def survey() -> Survey:
    """Published three times; the second time the headline says something else."""
    made = create(None, VERSIONS["1"], slug=SLUG)
    publish(None, made)
    for number in ("2", "3"):
        text = written(VERSIONS[number]).decode()
        Version.objects.create(survey=made, number=int(number), definition=text, digest=b"d" * 32)
    return made


@pytest.fixture
def answered() -> Iterator[MemoryColumns]:
    made = MemoryColumns((one for answer in MADE for one in answer.log), "UTC")
    here.own(made)
    yield made
    here.own(None)
    made.close()


@pytest.fixture
def few() -> Iterator[None]:
    made = MemoryColumns((one for answer in MADE[:4] for one in answer.log), "UTC")
    here.own(made)
    yield
    here.own(None)
    made.close()
