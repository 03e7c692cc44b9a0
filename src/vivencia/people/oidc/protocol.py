"""OpenID Connect's authorization code flow with PKCE, as a relying party. No Django here.

OpenID Connect Core 1.0 §3.1 and Discovery 1.0, PKCE by RFC 7636, the issuer in the answer by
RFC 9207. Keys are asked for at every sign-in: one that is new is known at once, and one that was
withdrawn opens nothing. Every request goes out by lib/safe_http.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

import jwt

from vivencia.lib import safe_http
from vivencia.people.oidc import refusals
from vivencia.people.oidc.config import Provider, is_safe

# Signatures of a key pair, never of a secret: a client's secret is known to more than one.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
CLOCKS_APART_S = 60
KNOWN_FOR_S, UNKNOWN_FOR_S = 600.0, 10.0
TRIP_LASTS_S = 600
WELL_KNOWN = "/.well-known/openid-configuration"
MOST_GROUPS, LONGEST_TEXT = 2000, 255
OK = 200
# What JSON of wrong types, depths and numbers raises before its signature is looked at.
MALFORMED = (TypeError, ValueError, OverflowError, RecursionError)


class Endpoints(NamedTuple):
    """Where a provider is asked what, from its discovery document."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    secret_in_header: bool


class Trip(NamedTuple):
    """What a browser leaves with and must come back with."""

    state: str
    nonce: str
    verifier: str
    next: str  # where to, once inside
    begun: int  # seconds since 1970


class Person(NamedTuple):
    """Who the provider says it is. `email` is "" unless the provider has verified it."""

    subject: str
    email: str
    name: str
    groups: tuple[str, ...]


def new_trip(where: str) -> Trip:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Trip(state, nonce, verifier, where, int(time.time()))


class Discovered:
    """The endpoints of providers, remembered for ten minutes; that one is away, for ten seconds.

    So a stranger who presses the button without end makes few requests leave.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, Endpoints | None]] = {}

    def endpoints(self, provider: Provider) -> Endpoints:
        until, found = self._known.get(provider.issuer, (0.0, None))
        if self._clock() >= until:
            found = self._ask(provider)
        if found is None:
            raise refusals.not_reached(provider.name)
        return found

    def _ask(self, provider: Provider) -> Endpoints | None:
        self._known[provider.issuer] = (self._clock() + UNKNOWN_FOR_S, None)
        try:
            told = _json(provider, "GET", provider.issuer.rstrip("/") + WELL_KNOWN)
        except (safe_http.NotReached, safe_http.NoAnswer):
            return None
        found = _endpoints(provider, told)
        self._known[provider.issuer] = (self._clock() + KNOWN_FOR_S, found)
        return found


def way_out(provider: Provider, found: Endpoints, trip: Trip, back: str) -> str:
    """The provider's page, with all it needs to send the browser `back`."""
    digest = hashlib.sha256(trip.verifier.encode()).digest()
    asked = {
        "response_type": "code", "client_id": provider.client, "redirect_uri": back,
        "scope": provider.scopes, "state": trip.state, "nonce": trip.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }  # fmt: skip
    joint = "&" if "?" in found.authorization else "?"
    return f"{found.authorization}{joint}{urlencode(asked)}"


def came_back(provider: Provider, trip: Trip, answer: Mapping[str, str]) -> str:
    """The code of an answer that belongs to this trip. Raises Refused for any other."""
    fresh = 0 <= time.time() - trip.begun < TRIP_LASTS_S
    if not fresh or not _same(answer.get("state", ""), trip.state):
        raise refusals.not_begun_here()
    if answer.get("iss", provider.issuer) != provider.issuer:  # of another provider (RFC 9207)
        raise refusals.not_believed(provider.name, "mixed_up")
    if "error" in answer or not answer.get("code"):
        raise refusals.not_let_in(provider.name)
    return answer["code"]


def person_of(provider: Provider, found: Endpoints, trip: Trip, code: str, back: str) -> Person:
    """Who a code stands for, once everything the provider says of them was checked."""
    try:
        told = _exchanged(provider, found, trip, code, back)
        keys = _json(provider, "GET", found.keys)
        claims = checked(provider, told.get("id_token"), keys, trip.nonce)
        return _person(provider, _with_userinfo(provider, found, told, claims))
    except (safe_http.NotReached, safe_http.NoAnswer):
        raise refusals.not_reached(provider.name) from None


def checked(
    provider: Provider, token: object, keys: Mapping[str, Any], nonce: str
) -> dict[str, Any]:
    """The claims of an id token (Core §3.1.3.7). Raises Refused, with what did not hold."""
    if not isinstance(token, str):
        raise refusals.not_believed(provider.name, "no_id_token")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise refusals.not_believed(provider.name, "algorithm")
        claims: dict[str, Any] = jwt.decode(
            token, _key(provider, keys, header.get("kid"), algorithm),
            algorithms=[algorithm], audience=provider.client, issuer=provider.issuer,
            leeway=CLOCKS_APART_S, options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )  # fmt: skip
    except (jwt.PyJWTError, *MALFORMED) as error:
        raise refusals.not_believed(provider.name, type(error).__name__) from None
    if not _same(claims.get("nonce"), nonce):
        raise refusals.not_believed(provider.name, "nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client) != provider.client:
        raise refusals.not_believed(provider.name, "authorized_party")
    return claims


def _key(provider: Provider, keys: Mapping[str, Any], name: object, algorithm: str) -> jwt.PyJWK:
    """The one key a token may be signed with; made for its algorithm, so for no other."""
    listed = keys.get("keys")
    fitting = [
        key for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict) and (name is None or key.get("kid") == name)
        and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
        and key.get("kty") in ("RSA", "EC", "OKP")
    ]  # fmt: skip
    if len(fitting) != 1:
        raise refusals.not_believed(provider.name, "key")
    return jwt.PyJWK(fitting[0], algorithm)


def _exchanged(
    provider: Provider, found: Endpoints, trip: Trip, code: str, back: str
) -> dict[str, Any]:
    """What the provider gives for a code: tokens."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back,
        "client_id": provider.client, "code_verifier": trip.verifier,
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if provider.secret and found.secret_in_header:
        pair = f"{quote_plus(provider.client)}:{quote_plus(provider.secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif provider.secret:
        form["client_secret"] = provider.secret
    return _json(provider, "POST", found.token, urlencode(form).encode(), headers)


def _with_userinfo(
    provider: Provider, found: Endpoints, told: Mapping[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """The claims, and of userinfo those that a lean id token leaves out; never one over another."""
    if {provider.groups, "email"} <= claims.keys() or not found.userinfo:
        return claims
    headers = {"Authorization": f"Bearer {told.get('access_token', '')}"}
    more = _json(provider, "GET", found.userinfo, headers=headers)
    if more.get("sub") != claims["sub"]:  # Core §5.3.2: tokens of two people put together
        raise refusals.not_believed(provider.name, "userinfo")
    return {**more, **claims}


def _person(provider: Provider, claims: Mapping[str, Any]) -> Person:
    subject, groups = _text(claims.get("sub")), claims.get(provider.groups)
    if not 0 < len(subject) <= LONGEST_TEXT or subject != claims["sub"]:
        raise refusals.not_believed(provider.name, "subject")
    groups = groups if isinstance(groups, list) else []
    return Person(
        subject,
        _text(claims.get("email")) if claims.get("email_verified") is True else "",
        _text(claims.get("name")),
        tuple(group for group in groups[:MOST_GROUPS] if isinstance(group, str)),
    )


def _text(told: object) -> str:
    """What can be kept and shown of a claim: no control characters, no halves of characters."""
    return "".join(filter(str.isprintable, told)) if isinstance(told, str) else ""


def _endpoints(provider: Provider, told: Mapping[str, Any]) -> Endpoints:
    if told.get("issuer") != provider.issuer:
        raise refusals.not_believed(provider.name, "issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    authorization, token, keys, userinfo = (str(told.get(name) or "") for name in names)
    asked = [authorization, token, keys] + ([userinfo] if userinfo else [])
    if not all(map(is_safe, asked)):
        raise refusals.not_believed(provider.name, "endpoints")
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(authorization, token, keys, userinfo, "client_secret_basic" in ways)


def _json(
    provider: Provider,
    method: str,
    url: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What a provider answers, an object; Refused for a refusal or for anything else."""
    asked = {"Accept": "application/json", **(headers or {})}
    answer = safe_http.ask(method, url, body, asked, allowed_host=provider.host)
    try:
        told = json.loads(answer.body) if answer.status == OK else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise refusals.not_believed(provider.name, f"status_{answer.status}")
    return told


def _same(given: object, kept: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(
        given.encode(errors="replace"), kept.encode()
    )
