"""`vivencia user`: the people who may come in."""

from __future__ import annotations

import argparse
import json
import sys

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DataDir
from vivencia.lib.language import said
from vivencia.people.policy import ADMINISTRATOR, AGENT, ANALYST, MANAGER

ROLES = [ADMINISTRATOR, MANAGER, ANALYST, AGENT]


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="Personas que pueden entrar. Sin contraseña se obtiene un enlace que sirve una vez.\n\n"
        "Ejemplos:\n  vivencia user add ana@example.org --role analyst\n"
        "  vivencia user add ana@example.org --role analyst --password-stdin < archivo\n"
        "  vivencia user role ana@example.org manager\n  vivencia user link ana@example.org\n"
        "  vivencia user close ana@example.org\n  vivencia user reset ana@example.org",
        en="People who may come in. Without a password you get a link that works once.\n\n"
        "Examples:\n  vivencia user add ana@example.org --role analyst\n"
        "  vivencia user add ana@example.org --role analyst --password-stdin < file\n"
        "  vivencia user role ana@example.org manager\n  vivencia user link ana@example.org\n"
        "  vivencia user close ana@example.org\n  vivencia user reset ana@example.org",
    )
    what = parser.add_subparsers(
        dest="what", required=True, metavar="add|list|role|link|close|open|reset"
    )
    add = what.add_parser("add", help=said(es="añade a una persona", en="add somebody"))
    add.add_argument("email", metavar="EMAIL", help=_email_said())
    add.add_argument("--role", required=True, choices=ROLES, help=_role_said())
    add.add_argument("--name", default="", help=said(es="cómo se llama", en="what they are called"))
    add.add_argument(
        "--password-stdin", action="store_true",
        help=said(es="lee la contraseña de la entrada", en="read the password from the input"),
    )  # fmt: skip
    listed = what.add_parser("list", help=said(es="enumera a las personas", en="list them"))
    listed.add_argument("--json", action="store_true", help="JSON")
    role = what.add_parser("role", help=said(es="cambia el papel", en="change the role"))
    role.add_argument("email", metavar="EMAIL", help=_email_said())
    role.add_argument("role", choices=ROLES, help=_role_said())
    for name, es, en in (
        ("link", "crea un enlace para entrar", "make a link to come in"),
        ("close", "cierra la puerta a una persona", "close the door to somebody"),
        ("open", "se la abre otra vez", "open it again"),
        ("reset", "le quita el segundo factor que perdió", "remove the second factor they lost"),
    ):
        one = what.add_parser(name, help=said(es=es, en=en))
        one.add_argument("email", metavar="EMAIL", help=_email_said())


def _email_said() -> str:
    return said(es="su correo, con el que entra", en="their e-mail, with which they come in")


def _role_said() -> str:
    return said(es="qué podrá ver y hacer", en="what they may see and do")


def run(options: argparse.Namespace, data: DataDir) -> int:
    ready(data)
    from django.utils import translation

    with translation.override(said(es="es", en="en")):  # what the password rules say
        _COMMANDS[options.what](options)
    return 0


def _add(options: argparse.Namespace) -> None:
    from vivencia.people.actions import add_user

    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    user = add_user(None, options.email, options.role, name=options.name, password=password)
    print(said(es=f"{user.email} puede entrar.", en=f"{user.email} may come in."))
    if password is None:
        _say_link(user.email)


def _list(options: argparse.Namespace) -> None:
    from vivencia.people.reading import people

    rows = [
        {"email": user.email, "name": user.name, "role": user.role, "active": user.is_active}
        for user in people()
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        closed = "" if row["active"] else said(es="cerrada", en="closed")
        print(f"{row['role']:<15}{row['email']}  {row['name']}  {closed}".rstrip())


def _role(options: argparse.Namespace) -> None:
    from vivencia.people.actions import change_user
    from vivencia.people.reading import person_by_email

    user = person_by_email(options.email)
    change_user(None, user, role=options.role, department=user.department, name=user.name)
    print(f"{user.email}: {user.role}")


def _link(options: argparse.Namespace) -> None:
    _say_link(options.email)


def _say_link(email: str) -> None:
    from django.conf import settings

    from vivencia.people.actions import new_link
    from vivencia.people.reading import person_by_email

    token = new_link(None, "reset", person_by_email(email))
    address = settings.PUBLIC_URL or "http://127.0.0.1:8000"
    print(said(es="Sirve una vez, durante una hora:", en="It works once, within an hour:"))
    print(f"  {address}/start/{token}")


def _close(options: argparse.Namespace) -> None:
    from vivencia.people.actions import deactivate_user
    from vivencia.people.reading import person_by_email

    deactivate_user(None, person_by_email(options.email))
    print(said(es="Ya no puede entrar.", en="They can no longer come in."))


def _open(options: argparse.Namespace) -> None:
    from vivencia.people.actions import reactivate_user
    from vivencia.people.reading import person_by_email

    reactivate_user(None, person_by_email(options.email))
    print(said(es="Puede entrar otra vez.", en="They may come in again."))


def _reset(options: argparse.Namespace) -> None:
    from vivencia.people.reading import person_by_email
    from vivencia.people.second_factor.actions import reset

    reset(None, person_by_email(options.email))
    print(
        said(
            es="Ya no tiene segundo factor, y se han cerrado sus sesiones.",
            en="They have no second factor any more, and are signed out everywhere.",
        )
    )


_COMMANDS = {
    "add": _add,
    "list": _list,
    "role": _role,
    "link": _link,
    "close": _close,
    "open": _open,
    "reset": _reset,
}
