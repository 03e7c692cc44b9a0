"""What the environment says of an identity provider. No Django here: the settings read it.

VIVENCIA_OIDC_ISSUER         its address, e.g. https://login.example.org/realms/staff
VIVENCIA_OIDC_CLIENT         the client Vivencia is there
VIVENCIA_OIDC_SECRET         the client's secret; none for a public client
VIVENCIA_OIDC_SECRET_FILE    or a file that holds it
VIVENCIA_OIDC_ROLES          group=role, separated by commas: whose groups are in none stays out
VIVENCIA_OIDC_DEPARTMENTS    group=department, likewise; without it nobody's department is touched
VIVENCIA_OIDC_GROUPS         the claim that holds the groups (default groups)
VIVENCIA_OIDC_SCOPES         what is asked for (default openid profile email)
VIVENCIA_OIDC_NAME           the word on the sign-in page (default: the host of the issuer)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from vivencia.lib import given
from vivencia.lib.errors import BadInput, Broken
from vivencia.lib.safe_http import checked_url
from vivencia.people.policy import ADMINISTRATOR, AGENT, ANALYST, MANAGER, PROTECTION

# The first that somebody's groups give is theirs. Data protection comes last: it is no rung of
# the ladder, and who is to have it is in no other group.
BY_RIGHTS = (ADMINISTRATOR, MANAGER, ANALYST, AGENT, PROTECTION)
SCOPES = "openid profile email"


class Provider(NamedTuple):
    issuer: str  # as the provider writes it, to the letter
    client: str
    secret: str
    roles: Mapping[str, str]  # group -> role
    departments: Mapping[str, str]  # group -> name of a department
    groups: str
    scopes: str
    name: str

    @property
    def host(self) -> str:
        """The one host that may be on a private network: it was named on purpose."""
        return urlsplit(self.issuer).hostname or ""

    def role_of(self, groups: Iterable[str]) -> str | None:
        """The role with most rights that these groups give; None if they give none."""
        given_roles = {self.roles[group] for group in groups if group in self.roles}
        return next((role for role in BY_RIGHTS if role in given_roles), None)

    def department_of(self, groups: Iterable[str]) -> str | None:
        """The department of the first group named in the settings that is among these."""
        held = set(groups)
        return next((name for group, name in self.departments.items() if group in held), None)


def chosen(environ: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that is set; None where none is. Raises Broken for one that is half said."""
    issuer = environ.get("VIVENCIA_OIDC_ISSUER", "")
    if not issuer:
        return None
    if not is_safe(issuer):
        raise Broken(
            es=f"VIVENCIA_OIDC_ISSUER es una dirección https, no «{issuer[:80]}».",
            en=f'VIVENCIA_OIDC_ISSUER is an https address, not "{issuer[:80]}".',
        )
    client = environ.get("VIVENCIA_OIDC_CLIENT", "")
    roles = _pairs(environ, "VIVENCIA_OIDC_ROLES")
    if not client or not roles:
        raise Broken(
            es="Con VIVENCIA_OIDC_ISSUER hacen falta VIVENCIA_OIDC_CLIENT y VIVENCIA_OIDC_ROLES.",
            en="VIVENCIA_OIDC_ISSUER needs VIVENCIA_OIDC_CLIENT and VIVENCIA_OIDC_ROLES.",
        )
    if unknown := set(roles.values()) - set(BY_RIGHTS):
        known = ", ".join(BY_RIGHTS)
        raise Broken(
            es=f"VIVENCIA_OIDC_ROLES: no existe el papel «{min(unknown)}»; hay: {known}.",
            en=f'VIVENCIA_OIDC_ROLES: there is no role "{min(unknown)}"; there are: {known}.',
        )
    return Provider(
        issuer, client, given.secret("VIVENCIA_OIDC_SECRET", environ), roles,
        _pairs(environ, "VIVENCIA_OIDC_DEPARTMENTS"),
        environ.get("VIVENCIA_OIDC_GROUPS") or "groups",
        environ.get("VIVENCIA_OIDC_SCOPES") or SCOPES,
        environ.get("VIVENCIA_OIDC_NAME") or urlsplit(issuer).hostname or issuer,
    )  # fmt: skip


def is_safe(url: str) -> bool:
    """Whether an address may be asked for tokens and keys: by https, or on this machine itself."""
    try:
        parts = urlsplit(checked_url(url))
    except BadInput:
        return False
    return parts.scheme == "https" or _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _pairs(environ: Mapping[str, str], name: str) -> dict[str, str]:
    """`a=x, b=y` as a mapping; the last = divides, as a group may have one in its name."""
    found = {}
    for part in filter(None, map(str.strip, environ.get(name, "").split(","))):
        group, _, value = (side.strip() for side in part.rpartition("="))
        if not group or not value:
            raise Broken(
                es=f"{name} es grupo=valor, separados por comas; no «{part}».",
                en=f'{name} is group=value, separated by commas; not "{part}".',
            )
        found[group] = value
    return found
