"""What the provider says is checked, and what leaves this machine for it: each bent on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from vivencia.lib import safe_http
from vivencia.lib.errors import Broken
from vivencia.people import throttle
from vivencia.people.models import AuditEntry, Session, User
from vivencia.people.oidc import config, protocol, views
from vivencia.people.oidc.tests.identity_provider import RSA_KEYS, STRANGER, IdentityProvider
from vivencia.people.oidc.tests.kit import comes_in, consents, is_in, leaves, refusal, said

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ what is not believed
def _public_key_as_secret() -> bytes:
    return RSA_KEYS[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


BENT: dict[str, tuple[Callable[[IdentityProvider], object], str]] = {
    "issuer": (lambda acme: acme.claims.update(iss="http://evil.example"), "InvalidIssuerError"),
    "audience": (lambda acme: acme.claims.update(aud="another"), "InvalidAudienceError"),
    "no audience": (lambda acme: acme.claims.update(aud=None), "MissingRequiredClaimError"),
    "two audiences": (lambda acme: acme.claims.update(aud=["vivencia", "b"]), "authorized_party"),
    "for another": (lambda acme: acme.claims.update(azp="another"), "authorized_party"),
    "expired": (lambda acme: acme.claims.update(exp=int(time.time()) - 61),
                "ExpiredSignatureError"),
    "no end": (lambda acme: acme.claims.update(exp=None), "MissingRequiredClaimError"),
    "of tomorrow": (lambda acme: acme.claims.update(iat=int(time.time()) + 90),
                    "ImmatureSignatureError"),
    "not yet": (lambda acme: acme.claims.update(nbf=int(time.time()) + 90),
                "ImmatureSignatureError"),
    "nonce": (lambda acme: acme.claims.update(nonce="of another sign-in"), "nonce"),
    "no nonce": (lambda acme: acme.claims.update(nonce=None), "nonce"),
    "half a character": (lambda acme: acme.claims.update(nonce="\ud800"), "nonce"),
    "no subject": (lambda acme: acme.claims.update(sub=""), "subject"),
    "endless": (lambda acme: acme.claims.update(exp=float("inf")), "DecodeError"),
    "signature": (lambda acme: setattr(acme, "signs_with", ("one", STRANGER, "RS256")),
                  "InvalidSignatureError"),
    "unknown key": (lambda acme: setattr(acme, "signs_with", ("x", STRANGER, "RS256")), "key"),
    "unsigned": (lambda acme: setattr(acme, "signs_with", ("one", None, "none")), "algorithm"),
    "secret": (lambda acme: setattr(acme, "signs_with", ("one", _public_key_as_secret(), "HS256")),
               "algorithm"),
    "other algorithm": (lambda acme: setattr(
        acme, "signs_with", ("one", ec.generate_private_key(ec.SECP256R1()), "ES256")),
        "InvalidKeyError"),
    "mixed up": (lambda acme: acme.answer.update(iss="https://other.example"), "mixed_up"),
    "code": (lambda acme: acme.answer.update(code="of nobody"), "status_400"),
    "no keys": (lambda acme: acme.keys.clear(), "key"),
}  # fmt: skip


@pytest.mark.parametrize("bent", BENT)
def test_what_does_not_hold_lets_nobody_in(acme, bent) -> None:
    bend, why = BENT[bent]
    bend(acme)
    browser = comes_in(acme)
    assert not is_in(browser)
    assert refusal() == f"provider: not_believed:{why}"
    assert "can not be trusted" in said(browser)
    assert not User.objects.exists()


def test_control_the_same_trip_unbent_lets_in(acme) -> None:
    acme.claims = {"exp": int(time.time()) - 30, "iat": int(time.time()) + 30}  # clocks apart
    acme.claims["aud"], acme.claims["azp"] = ["vivencia", "b"], "vivencia"
    assert is_in(comes_in(acme))


def test_control_without_looking_at_the_nonce_a_stolen_token_lets_in(acme, monkeypatch) -> None:
    acme.claims["nonce"] = "of another sign-in"
    monkeypatch.setattr(protocol, "_same", lambda given, kept: True)
    assert is_in(comes_in(acme))


def test_keys_change_and_the_old_one_opens_nothing_any_more(acme) -> None:
    assert is_in(comes_in(acme))
    acme.rotate()
    assert is_in(comes_in(acme))
    acme.signs_with = ("one", RSA_KEYS[0], "RS256")
    assert not is_in(comes_in(acme))


def test_keys_of_curves_do_as_well_and_one_key_needs_no_name(acme) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    acme.keys, acme.signs_with = {"curve": curve}, (None, curve, "ES256")
    assert is_in(comes_in(acme))


@pytest.mark.parametrize("way", [["client_secret_post"], ["client_secret_basic", "other"]], ids=str)
def test_the_secret_goes_the_way_the_provider_takes_it(acme, way) -> None:
    acme.document["token_endpoint_auth_methods_supported"] = way
    assert is_in(comes_in(acme))


@pytest.mark.parametrize(
    "bent",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
     {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "javascript:alert(1)"},
     {"token_endpoint": None}],
    ids=str,
)  # fmt: skip
def test_a_provider_that_says_something_else_of_itself_is_not_asked_further(acme, bent) -> None:
    acme.document = bent
    assert Client().get("/oidc/").headers["Location"] == "/login/"
    assert acme.asked == ["/.well-known/openid-configuration"]


# ------------------------------------------------------------------ whose trip it is
def test_an_answer_is_of_use_to_the_browser_that_left_alone(acme) -> None:
    victim, thief = Client(), Client(headers={"accept-language": "en"})
    stolen = consents(acme, leaves(victim))
    thief.get(stolen)  # without a trip
    assert not is_in(thief)
    assert "began in another browser" in said(thief)
    leaves(thief)
    thief.get(stolen)  # on a trip of their own
    assert not is_in(thief)
    assert refusal() == "provider: not_begun_here"
    assert "/token" not in acme.asked  # the code is not even spent
    victim.get(stolen)
    assert is_in(victim)


def test_a_code_lets_in_once_even_where_the_provider_takes_it_again(acme) -> None:
    browser = Client()
    back = consents(acme, leaves(browser))
    browser.get(back)
    assert is_in(browser)
    browser.post("/logout/")
    acme.codes_last = True
    browser.get(back)
    assert not is_in(browser)


def test_control_with_the_trip_kept_such_a_provider_would_let_in_again(acme, monkeypatch) -> None:
    monkeypatch.setattr(views.trips, "forget", lambda response: None)
    acme.codes_last = True
    browser = Client()
    back = consents(acme, leaves(browser))
    browser.get(back)
    browser.post("/logout/")
    browser.get(back)
    assert is_in(browser)


def test_a_trip_is_over_after_ten_minutes(acme, monkeypatch) -> None:
    browser = Client()
    back = consents(acme, leaves(browser))
    now = time.time()
    monkeypatch.setattr(protocol.time, "time", lambda: now + 601)
    browser.get(back)
    assert not is_in(browser)


@pytest.mark.parametrize("cookie", ["", "x", "%%%", "eyJhbGciOiJub25lIn0", "A" * 4000])
def test_a_trip_that_was_touched_is_none_and_nothing_is_written(acme, cookie) -> None:
    browser = Client()
    browser.cookies["vivencia-oidc"] = cookie
    assert browser.get("/oidc/back/?code=x&state=y").headers["Location"] == "/login/"
    assert not AuditEntry.objects.exists()
    assert not Session.objects.exists()


def test_leaving_writes_nothing(acme) -> None:
    browser = Client()
    leaves(browser)
    assert not AuditEntry.objects.exists()
    assert not Session.objects.exists()
    cookie = browser.cookies["vivencia-oidc"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)


def test_who_says_no_there_is_told_so(acme) -> None:
    browser = Client(headers={"accept-language": "en"})
    state = dict(parse_qsl(urlsplit(leaves(browser)).query))["state"]
    browser.get(f"/oidc/back/?error=access_denied&state={state}")
    assert said(browser) == "Acme did not let you in."
    assert refusal() == "provider: not_let_in"


def test_codes_are_not_guessed_without_end(acme) -> None:
    acme.answer = {"code": "of nobody"}
    for _ in range(throttle.PER_NETWORK):
        comes_in(acme)
    acme.answer = {}
    assert not is_in(comes_in(acme))
    assert refusal() == "provider: throttled"


# ------------------------------------------------------------------ what leaves this machine
def test_a_stranger_who_presses_without_end_makes_one_request_leave(acme) -> None:
    for _ in range(20):
        leaves(Client())
    assert acme.asked == ["/.well-known/openid-configuration"]


def test_one_that_is_away_is_asked_again_after_ten_seconds(acme) -> None:
    now = 0.0
    found = protocol.Discovered(lambda: now)
    views._discovered = found
    acme.is_away = True
    browser = Client(headers={"accept-language": "en"})
    for _ in range(5):
        assert browser.get("/oidc/").headers["Location"] == "/login/"
    assert len(acme.asked) == 1
    acme.is_away, now = False, 10.0
    leaves(browser)


def test_s10_only_the_host_of_the_issuer_may_be_on_our_own_network(acme, monkeypatch) -> None:
    """Its discovery names other inner hosts: none of them is connected to."""
    reached = []
    monkeypatch.setattr(safe_http, "_first_that_answers", lambda to, *rest: reached.append(to))
    for inner in ("https://10.0.0.8/token", "https://169.254.169.254/", "https://[::1]/token"):
        with pytest.raises(safe_http.NotReached, match="not a public address"):
            safe_http.ask("POST", inner, b"", {}, allowed_host="login.example.org")
    assert reached == []


def test_s10_control_the_host_itself_is(acme) -> None:
    told = safe_http.ask("GET", f"{acme.address}/keys", b"", {}, allowed_host="127.0.0.1")
    assert told.status == HTTPStatus.OK
    with pytest.raises(safe_http.NotReached):
        safe_http.ask("GET", f"{acme.address}/keys", b"", {})


# ------------------------------------------------------------------ what is set
@pytest.mark.parametrize(
    "changed",
    [{"CLIENT": ""}, {"ROLES": ""}, {"ROLES": "cx=king"}, {"ROLES": "cx"}, {"ROLES": "=agent"},
     {"ISSUER": "http://login.example.org"}, {"ISSUER": "file:///etc/passwd"},
     {"SECRET_FILE": "/nowhere/at/all"}, {"DEPARTMENTS": "shops"}],
    ids=str,
)  # fmt: skip
def test_what_is_half_said_stops_the_start(running, changed) -> None:
    bent = {f"VIVENCIA_OIDC_{name}": value for name, value in changed.items()}
    with pytest.raises(Broken):
        config.chosen(running.environ(**bent))


def test_groups_may_have_signs_in_their_names_and_a_secret_may_be_in_a_file(
    running, tmp_path
) -> None:
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    found = config.chosen(running.environ(
        VIVENCIA_OIDC_ROLES="cn=cx/team a=analyst, b=manager",
        VIVENCIA_OIDC_SECRET_FILE=str(file),
    ))  # fmt: skip
    assert found.secret == "from a file"
    assert found.role_of(["cn=cx/team a"]) == "analyst"
    assert found.role_of(["b", "cn=cx/team a"]) == "manager"
    assert found.role_of(["cn"]) is None
    assert config.chosen({}) is None


def test_signatures_by_a_shared_secret_are_none_we_take() -> None:
    assert not {"none", "HS256", "HS384", "HS512"} & protocol.ALGORITHMS
    assert set(jwt.algorithms.get_default_algorithms()) >= protocol.ALGORITHMS
