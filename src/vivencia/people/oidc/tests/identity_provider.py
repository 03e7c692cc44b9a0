"""An OpenID provider of a test's own: a real HTTP server with its keys, pages, codes and tokens.

It does what Core 1.0 asks of a provider (codes are good once, PKCE and the client's secret are
checked), and everything it says can be bent to see whether we notice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "vivencia", "only the provider: knows/this"
ROLES = "cx-admins=administrator, cx-leads=manager, cx=analyst, phones=agent"
EVA = {
    "sub": "248289761001", "email": "eva@example.org", "email_verified": True, "name": "Eva Luz",
    "groups": ["cx", "canteen"],
}  # fmt: skip
RSA_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider(ThreadingHTTPServer):
    """`person` is whoever is at its door; the rest of the fields is what may be bent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.as_it_should_be()

    def as_it_should_be(self) -> None:
        self.person: dict[str, Any] = dict(EVA)
        self.keys: dict[str, Any] = {"one": RSA_KEYS[0]}  # what it publishes
        self.signs_with: tuple[str | None, Any, str] = ("one", RSA_KEYS[0], "RS256")
        self.claims: dict[str, Any] = {}  # over those of an honest token; None leaves one out
        self.lean = False  # an id token that leaves the rest to userinfo
        self.userinfo: dict[str, Any] = {}
        self.document: dict[str, Any] = {}  # over what discovery says
        self.answer: dict[str, str] = {}  # over what the browser takes back
        self.is_away = False
        self.codes_last = False  # a provider that lets a code be used again

    def __enter__(self) -> IdentityProvider:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def environ(self, **more: str) -> dict[str, str]:
        """What an installation is told to sign in here."""
        return {
            "VIVENCIA_OIDC_ISSUER": self.address, "VIVENCIA_OIDC_CLIENT": CLIENT,
            "VIVENCIA_OIDC_SECRET": SECRET, "VIVENCIA_OIDC_ROLES": ROLES,
            "VIVENCIA_OIDC_NAME": "Acme", **more,
        }  # fmt: skip

    def rotate(self) -> None:
        """Another key signs from now on, and the old one is withdrawn."""
        self.keys = {"two": RSA_KEYS[1]}
        self.signs_with = ("two", RSA_KEYS[1], "RS256")

    # ------------------------------------------------------------------ what it answers
    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo", **self.document,
        }  # fmt: skip

    def key_set(self) -> dict[str, Any]:
        return {"keys": [{**_published(key), "kid": name, "use": "sig"}
                         for name, key in self.keys.items()]}  # fmt: skip

    def consented(self, query: dict[str, str]) -> str:
        """Where the browser is sent once the person has said yes."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        given = {"code": code, "state": query["state"], "iss": self.address, **self.answer}
        return f"{query['redirect_uri']}?{urlencode(given)}"

    def tokens(self, form: dict[str, str], client: str, secret: str) -> dict[str, Any]:
        take = self._codes.get if self.codes_last else self._codes.pop
        asked = take(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}
        if (client, secret) != (CLIENT, SECRET) or asked["redirect_uri"] != form["redirect_uri"]:
            return {"error": "invalid_client"}
        return {"access_token": "opaque", "token_type": "Bearer",
                "id_token": self.id_token(asked["nonce"])}  # fmt: skip

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        told = {"sub": self.person["sub"]} if self.lean else self.person
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300,
                  "nonce": nonce, **told, **self.claims}  # fmt: skip
        name, key, algorithm = self.signs_with
        said = {claim: value for claim, value in claims.items() if value is not None}
        if algorithm == "HS256":
            return _under_a_secret(said, key)
        return jwt.encode(said, key, algorithm, headers={"kid": name} if name else None)


class _Answering(BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        self.server.asked.append(path)
        if self.server.is_away:
            self.say(503, b"", "text/plain")
        elif path == "/authorize":
            address = self.server.consented(query).replace("&", "&amp;")
            page = f'<!doctype html><title>Acme</title><a href="{address}">Continue as Eva</a>'
            self.say(200, page.encode(), "text/html")
        elif path == "/userinfo":
            known = self.headers["Authorization"] == "Bearer opaque"
            self.tell({**self.server.person, **self.server.userinfo} if known else {"error": "no"})
        elif path == "/keys":
            self.tell(self.server.key_set())
        elif path == "/.well-known/openid-configuration":
            self.tell(self.server.discovery())
        else:
            self.say(404, b"", "text/plain")

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        scheme, _, pair = self.headers.get("Authorization", "").partition(" ")
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if scheme == "Basic":
            client, _, secret = base64.b64decode(pair).decode().partition(":")
            client, secret = unquote_plus(client), unquote_plus(secret)
        self.tell(self.server.tokens(form, client, secret))

    def tell(self, told: dict[str, Any]) -> None:
        status = 400 if "error" in told else 200
        self.say(status, json.dumps(told).encode(), "application/json")

    def say(self, status: int, body: bytes, sort: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", sort)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """A test is told by what happens."""


def _under_a_secret(said: dict[str, Any], secret: bytes) -> str:
    """Signed by hand: with a public key as the secret, which no library would do."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "one"}, said)]
    text = b".".join(map(_for_a_url, parts))
    return b".".join([text, _for_a_url(hmac.digest(secret, text, "sha256"))]).decode()


def _for_a_url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _published(key: Any) -> dict[str, Any]:
    sort = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else (
        jwt.algorithms.RSAAlgorithm)  # fmt: skip
    return json.loads(sort.to_jwk(key.public_key()))
