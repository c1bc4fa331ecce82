"""A school's identity provider, played on this computer: OpenID Connect as real ones speak it."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

from joserfc import jwt
from joserfc.jwk import RSAKey

PEOPLE = ("Ada", "Ben")


class Provider:
    """Asks who somebody is, believes it, and vouches for it with a signature."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.promises: dict[str, dict[str, str]] = {}  # a code to be traded in, and for what
        self.address = ""

    def configuration(self) -> dict:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def ask(self, asked: dict[str, str]) -> str:
        """The page with the names of all people; each leads back with a promise."""
        links = []
        for name in PEOPLE:
            code = secrets.token_hex(8)
            self.promises[code] = {"name": name, "nonce": asked["nonce"], "for": asked["client_id"]}
            back = urlencode({"code": code, "state": asked["state"]})
            links.append(f'<p><a href="{asked["redirect_uri"]}?{back}">I am {name}</a></p>')
        return "<h1>Who are you?</h1>" + "".join(links)

    def token(self, code: str) -> dict:
        """What a promise is traded in for; once only."""
        promise = self.promises.pop(code)
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": f"number of {promise['name']}",
            "aud": promise["for"],
            "nonce": promise["nonce"],
            "name": promise["name"],
            "iat": now,
            "exp": now + 600,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        place = urlparse(self.path)
        asked = {key: values[0] for key, values in parse_qs(place.query).items()}
        if place.path == "/.well-known/openid-configuration":
            self._send(json.dumps(self.provider.configuration()), "application/json")
        elif place.path == "/keys":
            keys = {"keys": [self.provider.key.as_dict(private=False)]}
            self._send(json.dumps(keys), "application/json")
        elif place.path == "/authorize":
            self._send(self.provider.ask(asked), "text/html")
        else:
            self._send("", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        code = parse_qs(body)["code"][0]
        self._send(json.dumps(self.provider.token(code)), "application/json")

    def _send(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """A provider that answers while the block runs."""
    provider = Provider()
    handler = type("Bound", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.address = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
