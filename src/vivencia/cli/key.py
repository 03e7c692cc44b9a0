"""`vivencia key`: let programs in, and out again."""

from __future__ import annotations

import argparse
import json
from typing import Any

from vivencia.cli import Parser
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import NotFound
from vivencia.lib.language import said, shell_language
from vivencia.people.policy import SCOPES


def arguments(parser: Parser) -> None:
    scopes = "\n".join(f"  {scope:<10}{told[shell_language()]}" for scope, told in SCOPES.items())
    parser.description = said(
        es="Claves con las que entran los programas. La clave se muestra una sola vez.\n\n"
        f"Para qué puede servir (--scope, se puede repetir):\n{scopes}\n\n"
        "Ejemplos:\n  vivencia key create --name tienda --scope intake\n"
        "  vivencia key list\n  vivencia key revoke a1B2c3D4",
        en="Keys that let programs in. A key is shown only once.\n\n"
        f"What it may be for (--scope, may be repeated):\n{scopes}\n\n"
        "Examples:\n  vivencia key create --name shop --scope intake\n"
        "  vivencia key list\n  vivencia key revoke a1B2c3D4",
    )
    what = parser.add_subparsers(dest="what", required=True, metavar="create|list|revoke")
    create = what.add_parser("create", help=said(es="crea una clave", en="make a key"))
    create.add_argument(
        "--name", required=True, help=said(es="dónde se usará", en="where it is used")
    )
    create.add_argument(
        "--scope", action="append", required=True, choices=list(SCOPES),
        help=said(es="qué abre; repetido, todo eso", en="what it opens; repeated, all of those"),
    )  # fmt: skip
    create.add_argument(
        "--verified", action="store_true",
        help=said(es="las identidades que envía están verificadas",
                  en="the identities it sends are verified"),
    )  # fmt: skip
    create.add_argument("--json", action="store_true", help="JSON")
    listed = what.add_parser("list", help=said(es="enumera las claves", en="list the keys"))
    listed.add_argument("--json", action="store_true", help="JSON")
    revoke = what.add_parser("revoke", help=said(es="retira una clave", en="end a key"))
    revoke.add_argument("prefix", help=said(es="sus 8 primeras letras", en="its first 8 letters"))


def run(options: argparse.Namespace, data: DataDir) -> int:
    ready(data)
    {"create": _create, "list": _list, "revoke": _revoke}[options.what](options)
    return 0


def _create(options: argparse.Namespace) -> None:
    from vivencia.people.actions import make_api_key

    made = make_api_key(None, options.name, options.scope, verified=options.verified)
    if options.json:
        print(json.dumps({"key": made.text, "name": made.key.name, "scopes": options.scope}))
    else:
        print(made.text)


def _list(options: argparse.Namespace) -> None:
    from vivencia.people.reading import api_keys

    rows: list[dict[str, Any]] = [
        {
            "prefix": key.prefix,
            "name": key.name,
            "scopes": key.scopes.split(),
            "verified": key.verified,
            "revoked": key.revoked_at is not None,
        }
        for key in api_keys()
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        ended = said(es="retirada", en="revoked") if row["revoked"] else ""
        scopes = " ".join(row["scopes"])
        print(f"viv_{row['prefix']}  {scopes:<24} {row['name']}  {ended}".rstrip())
    if not rows:
        print(said(es="No hay ninguna clave.", en="There is no key."))


def _revoke(options: argparse.Namespace) -> None:
    from vivencia.people.actions import revoke_api_key
    from vivencia.people.models import ApiKey

    prefix = options.prefix.removeprefix("viv_")[:8]
    key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None:
        raise NotFound(
            es="No hay ninguna clave que empiece así. Míralas con: vivencia key list",
            en="No key begins like that. See them with: vivencia key list",
        )
    revoke_api_key(None, key)
    print(said(es="La clave ya no abre nada.", en="The key no longer opens anything."))
