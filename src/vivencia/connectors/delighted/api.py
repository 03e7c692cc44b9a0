"""One view for each address of Delighted's API: it translates, the rooms do."""

from __future__ import annotations

from django.http import HttpRequest

from vivencia.connectors.delighted import actions, answers, autopilot, erasing, people, words
from vivencia.connectors.delighted.bodies import text, texts
from vivencia.connectors.delighted.door import OK, Answer, Asked, door
from vivencia.connectors.delighted.people import seconds
from vivencia.lib.errors import NotFound


# ------------------------------------------------------------------ people
def create_person(asked: Asked) -> Answer:
    person, due_at = actions.create_person(asked.params, asked.key)
    told = person.as_dict() | {"properties": person.traits}
    told["email"] = person.email or text(asked.params, "email") or None
    return Answer(told | {"survey_scheduled_at": seconds(due_at)}, 201)


def list_people(asked: Asked) -> Answer:
    found, more = people.page(asked.params)
    return Answer([one.as_dict() for one in found], next=_next(asked.request, more))


def delete_person(asked: Asked, identifier: str) -> Answer:
    erasing.delete(people.at_address(identifier))
    return Answer(OK, 202)


def delete_pending(asked: Asked, identifier: str) -> Answer:
    """The person by their bare e-mail, as the clients write it, or in any way `delete` takes."""
    wanted = f"email:{identifier}" if "@" in identifier and ":" not in identifier else identifier
    actions.stop_pending(people.at_address(wanted))
    return Answer(OK)


# ------------------------------------------------------------------ answers
def create_answer(asked: Asked) -> Answer:
    return _answer(asked, actions.create_answer(asked.params), 201)


def list_answers(asked: Asked) -> Answer:
    return Answer(answers.page(asked.params))


def retrieve_answer(asked: Asked, key: str) -> Answer:
    return _answer(asked, answers.found(key))


def change_answer(asked: Asked, key: str) -> Answer:
    return _answer(asked, actions.change_answer(key, asked.params))


def _answer(asked: Asked, found: answers.Found, status: int = 200) -> Answer:
    expand = "person" in texts(asked.params, "expand")
    return Answer(answers.as_dicts([found], expand=expand)[0], status)


def metrics(asked: Asked) -> Answer:
    return Answer(answers.metrics(asked.params))


# ------------------------------------------------------------------ their word, their addresses
def unsubscribe(asked: Asked) -> Answer:
    actions.unsubscribe(asked.params, asked.key)
    return Answer(OK)


def list_unsubscribes(asked: Asked) -> Answer:
    return Answer(words.unsubscribes(asked.params))


def list_bounces(asked: Asked) -> Answer:
    return Answer(words.bounces(asked.params))


# ------------------------------------------------------------------ Autopilot
def configuration(asked: Asked, platform: str) -> Answer:
    return Answer(autopilot.configuration(autopilot.known_platform(platform)))


def configurations(asked: Asked) -> Answer:
    return Answer([autopilot.configuration(platform) for platform in autopilot.PLATFORMS])


def join(asked: Asked, platform: str) -> Answer:
    platform = autopilot.known_platform(platform)
    params = {**asked.params, "send": False, "channel": platform}
    for name in ("email", "phone_number"):
        if told := text(params, f"person_{name}"):
            params[name] = told
    person, _ = actions.create_person(params, asked.key)
    member = autopilot.join(person.key, platform, autopilot.first_time(asked.params))
    return Answer(autopilot.as_dict(member, person), 201)


def list_members(asked: Asked, platform: str) -> Answer:
    found, more = autopilot.page(asked.params, autopilot.known_platform(platform))
    return Answer(found, next=_next(asked.request, more))


def leave(asked: Asked, platform: str) -> Answer:
    key = people.named(asked.params, "person_")
    if key is None or not autopilot.leave(key, autopilot.known_platform(platform)):
        raise NotFound(es="Esa persona no está.", en="That person is not here.")
    return Answer(OK)


def _next(request: HttpRequest, more: int | None) -> str:
    """The address of the page that goes on after `more`; empty at the end."""
    if more is None:
        return ""
    asked = request.GET.copy()
    asked["page_info"] = str(more)
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


PEOPLE = door(get=list_people, post=create_person)
PERSON = door(delete=delete_person)
PENDING = door(delete=delete_pending)
ANSWERS = door(get=list_answers, post=create_answer)
ANSWER = door(get=retrieve_answer, put=change_answer)
METRICS = door(get=metrics)
UNSUBSCRIBES = door(get=list_unsubscribes, post=unsubscribe)
BOUNCES = door(get=list_bounces)
CONFIGURATIONS = door(get=configurations)
CONFIGURATION = door(get=configuration)
MEMBERS = door(get=list_members, post=join, delete=leave)
