"""What people were shown can not be changed, neither by us nor past us."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from vivencia.lib.errors import Conflict
from vivencia.surveys.models import Survey, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    survey = Survey.objects.create(slug="visit")
    return Version.objects.create(survey=survey, number=1, definition="{}", digest=b"d")


def test_saving_a_version_again_is_refused(version):
    version.definition = "changed"
    with pytest.raises(Conflict):
        version.save()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE surveys_version SET definition = 'changed'",
        "UPDATE surveys_version SET number = 2",
        pytest.param(
            "INSERT OR REPLACE INTO surveys_version SELECT * FROM surveys_version",
            marks=pytest.mark.sqlite("there is no REPLACE on PostgreSQL"),
        ),
    ],
)
def test_the_database_itself_refuses(version, sql):
    refused = pytest.raises(DatabaseError, match="published version")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Version.objects.get().definition == "{}"


def test_control_who_published_it_may_be_forgotten(version):
    assert Version.objects.update(by=None) == 1
