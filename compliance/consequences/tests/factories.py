"""Systems, and what they are told, for tests. Call inside a tenant."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from compliance.consequences import actions, queries, rules
from compliance.consequences.models import Consequence, Receiver
from compliance.records.tests.factories import noon
from tenants.tests.factories import AT


class Listener:
    """A system on this machine that keeps what it is sent, and answers what it is told to: statuses, then 204."""

    def __init__(self, *, context: Any = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.text = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append(
                    {"headers": dict(self.headers), "raw": body, "path": self.path, **json.loads(body)}
                )
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(outer.text)))
                self.end_headers()
                self.wfile.write(outer.text.encode())

            def log_message(self, *_said: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/duly?x=1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def types(self) -> list[str]:
        return [each["type"] for each in self.heard]


def is_signed(heard: dict[str, Any], secret: str) -> bool:
    """Whether a receiver that holds `secret` believes what it heard: written from the specification's own words."""
    headers = {name.lower(): value for name, value in heard["headers"].items()}
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{heard['raw'].decode()}"
    key = base64.b64decode(secret.split("_", 1)[1])
    expected = base64.b64encode(hmac.digest(key, content.encode(), hashlib.sha256)).decode()
    return any(each == f"v1,{expected}" for each in headers["webhook-signature"].split(" "))


def make_receiver(by: Any, url: str = "https://iam.example.edu/duly", name: str = "VPN") -> Receiver:
    """A system that is told."""
    receiver, _secret = actions.add_receiver(name=name, url=url, by=by, at=AT)
    return receiver


def make_consequence(
    requirement: Any, receiver: Receiver, by: Any, *, days: int = 14, at_once: bool = False
) -> Consequence:
    """Turned on after a look, on the day of AT."""
    terms = rules.Terms(days, at_once)
    seen = queries.reach(requirement, receiver, terms, queries.begins_on(AT))
    return actions.add_consequence(
        requirement=requirement, receiver=receiver, terms=terms, fingerprint=seen.fingerprint, by=by,
        at=AT,
    )  # fmt: skip


def night(on: dt.date) -> None:
    """The turn of that day in which access is lost."""
    at = noon(on)
    actions.nightly_turn(at=at, scheduled_for=at)
