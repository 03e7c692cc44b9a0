"""The page that brings a survey: the file becomes a draft, what was left behind is kept."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from vivencia.people.models import User
from vivencia.surveys.builder import reading
from vivencia.surveys.importers.tests.test_bringing import SURVEYJS, TYPEFORM
from vivencia.surveys.models import Brought, Survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create(email="boss@example.org", role="manager"))
    return client


def bring(client, content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(reverse("survey_bring"), {"file": SimpleUploadedFile("x.json", raw)})


@pytest.mark.parametrize(("content", "tool"), [(TYPEFORM, "Typeform"), (SURVEYJS, "SurveyJS")])
def test_a_file_becomes_a_draft_and_says_what_was_left(boss, content, tool):
    answer = bring(boss, content)
    survey = Survey.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("survey_brought", args=[survey.slug])
    assert survey.state == "draft"
    assert any(element.id == "nps" for element in reading.draft(survey).elements())
    kept = Brought.objects.get()
    assert kept.tool == tool
    assert kept.lost
    page = boss.get(answer.url).content.decode()
    assert tool in page
    assert kept.lost[0]["place"] in page


def test_a_file_that_is_no_survey_is_refused_in_words_and_nothing_is_kept(boss):
    for content in (b"not a survey", b"{}", b"<!DOCTYPE x><a/>"):
        answer = bring(boss, content)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert boss.post(reverse("survey_bring")).status_code == 422
    assert not Survey.objects.exists()


def test_a_survey_made_here_was_brought_from_nowhere(boss):
    bring(boss, TYPEFORM)
    survey = Survey.objects.get()
    Brought.objects.all().delete()
    assert boss.get(reverse("survey_brought", args=[survey.slug])).status_code == 404
    assert boss.get(reverse("survey_brought", args=["nowhere"])).status_code == 404


def test_who_may_not_edit_finds_nothing(client):
    client.force_login(User.objects.create(email="agent@example.org", role="agent"))
    assert client.get(reverse("survey_bring")).status_code == 404
    assert bring(client, TYPEFORM).status_code == 404
