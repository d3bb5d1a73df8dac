"""Words of alpha in anything that a run of beta produces: pages, headers, files, e-mails, log lines, error reports."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any, cast

import pytest
import sentry_sdk
import structlog
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory
from psycopg.errors import UniqueViolation

from config.tests.isolation import matrix, world
from config.tests.isolation.table import TENANT
from config.tests.reports import Kept
from config.tests.scorecard import Scorecard
from lms.people import actions as people
from lms.people.tests.factories import PASSWORD, make_user
from tenants import clock
from tenants.context import TenantRef, inside

pytestmark = [pytest.mark.django_db, pytest.mark.isolation("I2")]
CANARY = b"CANARY-alpha"
# Neither its words, nor its name, nor its address.
OF_ALPHA = (CANARY, b"Alpha University", b"alpha.duly.localhost")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Every log line, formatted as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(_formatter(cast("Any", settings.LOGGING)["formatters"]["lines"]))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)  # as in production
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def _formatter(described: dict[str, Any]) -> logging.Formatter:
    options = dict(described)
    made: logging.Formatter = options.pop("()")(**options)
    return made


def test_nothing_a_run_of_beta_produces_has_a_word_of_alpha(
    alpha: TenantRef,
    beta: TenantRef,
    client_for: Callable[..., Client],
    deliver: Callable[..., list[Any]],
    sentry: Kept,
    lines: io.StringIO,
    scorecard: Scorecard,
) -> None:
    populated = world.build(alpha)
    world.twin(alpha, beta)
    # Alpha is served first: whatever this process should remember of a tenant, it then remembers of alpha.
    _use(alpha, client_for(alpha, populated.ada), client_for(alpha), populated)
    deliver()
    with inside(beta):
        ada = type(populated.ada).objects.get(pk=populated.ada.pk)
    client = client_for(beta, ada)
    lines.truncate(lines.seek(0))  # what making alpha's world has said is alpha's own
    produced: dict[str, list[bytes]] = {"answers": [], "mails": [], "reports": [], "lines": []}
    produced["answers"] = _use(beta, client, client_for(beta), populated)
    with inside(beta):
        sentry_sdk.capture_message("a report from inside beta")
    _fail_in(beta)
    mails = deliver()
    produced["mails"] = [_as_read(mail) for mail in mails]
    sentry_sdk.flush()
    produced["reports"] = sentry.sent
    ours = [line for line in lines.getvalue().splitlines() if alpha.schema_name not in line]
    produced["lines"] = [line.encode() for line in ours]
    hits = {kind: sum(map(_is_of_alpha, found)) for kind, found in produced.items()}
    scorecard.count(
        "I2",
        bytes_scanned=sum(len(each) for found in produced.values() for each in found),
        hits=sum(hits.values()),
        **{kind: len(found) for kind, found in produced.items()},
    )
    telling = [_around(each) for found in produced.values() for each in found if _is_of_alpha(each)]
    assert (sum(hits.values()), telling) == (0, []), hits
    assert all(produced.values()), {kind: len(found) for kind, found in produced.items()}
    assert any(b"CANARY-beta" in each for each in produced["answers"])


def test_no_log_line_says_whom_it_is_about(lines: io.StringIO) -> None:
    """Whatever is quoted: a mail server's refusal, PostgreSQL's row, a chronicle's author."""
    refusal = UniqueViolation(
        "duplicate key value violates …\nDETAIL:  Key (email)=(Dee\nDietrich).\n\nNext", pgconn=None
    )
    try:
        raise refusal
    except UniqueViolation:
        structlog.get_logger("test").exception("job.failed", reason="550 <dee.d+x@alpha.example>: unknown")
        logging.getLogger("django.test").exception("refused to %s", "bo@alpha.example")
    written = lines.getvalue()
    assert "job.failed" in written
    assert "duplicate key value" in written
    for word in ("alpha.example", "Dee", "Dietrich"):
        assert word not in written, written


def _use(tenant: TenantRef, client: Client, visitor: Client, populated: world.World) -> list[bytes]:
    """Ask for everything as `client`, and for ways in as `visitor`, and invite somebody; what was answered."""
    asked = matrix.ask(TENANT, lambda row: client, populated.ids, "get", "post")
    answers = [each.everything for each in asked]
    email = populated.ada.email
    for path, sent in (
        ("/accounts/login/code/", {"email": email}),
        ("/accounts/password/reset/", {"email": email}),
        ("/accounts/login/", {"login": email, "password": PASSWORD}),
    ):
        answers.append(visitor.post(path, sent).content)
    with inside(tenant):  # what is asked for above is undone again: this letter, with its link, is not
        people.invite(user=make_user(given_name="New", password="!"), by=None, at=clock.now())
    return answers


def _as_read(mail: EmailMessage) -> bytes:
    """Headers and words as its reader sees them: on the wire they are wrapped and encoded."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, mail.values()), *parts]).encode()


def _is_of_alpha(produced: bytes) -> bool:
    return any(word in produced for word in OF_ALPHA)


def _around(produced: bytes) -> bytes:
    """The first place that tells of alpha."""
    place = min(produced.find(word) % (len(produced) + 1) for word in OF_ALPHA)
    return produced[max(0, place - 150) : place + 150]


def _fail_in(tenant: TenantRef) -> None:
    """A page of the tenant that breaks, with a form full of words."""
    from tenants.middleware import TenantMiddleware

    def broken(request: HttpRequest) -> Any:
        logging.getLogger("django.request").error("a fault in a view")
        raise ZeroDivisionError

    request = RequestFactory().post("/people/", {"name": "PRIVATE-word", "email": "private@example.org"})
    request.META["HTTP_HOST"] = tenant.host
    with pytest.raises(ZeroDivisionError):
        TenantMiddleware(broken)(request)


@pytest.mark.isolation("I18")
def test_an_error_report_names_the_tenant_and_nobody_in_it(
    alpha: TenantRef,
    client_for: Callable[..., Client],
    sentry: Kept,
    monkeypatch: pytest.MonkeyPatch,
    scorecard: Scorecard,
) -> None:
    from compliance.oversight import urls

    def broken(request: HttpRequest) -> Any:
        raise ZeroDivisionError("a fault in a view")

    pattern = next(each for each in urls.urlpatterns if each.name == "home")
    monkeypatch.setattr(pattern, "callback", broken)
    person = matrix.person_of(matrix.EVERYTHING, alpha)
    client = client_for(alpha, person)
    client.raise_request_exception = False
    answer = client.post("/", {"note": "PRIVATE-word", "email": "private@example.org"})
    assert answer.status_code == 500
    assert b"ZeroDivisionError" not in answer.content
    sentry_sdk.flush()
    report = b"".join(sentry.sent)
    assert b"ZeroDivisionError" in report
    told = [
        word
        for word in (b"PRIVATE-word", b"private@example.org", person.email.encode(), b"sessionid", b"csrf=")
        if word in report
    ]
    event = next(json.loads(line) for line in report.splitlines() if b'"exception"' in line)
    assert event["tags"]["tenant"] == alpha.schema_name
    scorecard.count("I18", reports=len(sentry.sent), hits=len(told))
    assert told == []


@pytest.mark.isolation("I18")
def test_error_pages_name_no_one_and_an_unknown_id_answers_like_anothers(
    alpha: TenantRef, client_for: Callable[..., Client], scorecard: Scorecard
) -> None:
    """What exists and is somebody else's cannot be told from what does not exist."""
    import re
    import uuid

    populated = world.build(alpha)
    client = client_for(alpha, matrix.person_of("learner", alpha))
    nowhere = {key: str(uuid.uuid4()) if len(value) == 36 else value for key, value in populated.ids.items()}
    owned = [row for row in TENANT if row.who == "signed in" and row.of and not row.is_everyones]
    real = list(matrix.ask(owned, lambda row: client, populated.ids))
    made_up = list(matrix.ask(owned, lambda row: client, nowhere))

    def plain(body: bytes) -> bytes:
        return re.sub(rb"[0-9a-f-]{36}|\b[0-9A-F]{8}\b|csrfmiddlewaretoken[^>]+", b"", body)

    differ = [
        one.row.name
        for one, other in zip(real, made_up, strict=True)
        if (one.response.status_code, plain(one.response.content))
        != (other.response.status_code, plain(other.response.content))
    ]
    named = [asked.row.name for asked in real if b"CANARY" in asked.everything]
    scorecard.count("I18", pairs_compared=len(owned), unexpected=len(differ), hits=len(named))
    assert (differ, named) == ([], [])
