"""Reading proofs by machine: what is found in the text, what no file can do to a worker, what the reviewer reads."""

import datetime as dt
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader, PdfWriter

from compliance.evidence import actions, gateway
from compliance.evidence.actions import reading
from compliance.evidence.enums import ReadingState
from compliance.evidence.models import EvidenceReading
from compliance.evidence.rules.text import MOST_DAYS, days_in, names, names_person
from compliance.evidence.tests.factories import PNG, pdf, send, text_pdf, whole_pdf
from compliance.oversight.tests.factories import give
from compliance.requirements.tests.factories import make_requirement
from lms.people.tests.factories import make_user
from tenants import clock, schedule
from tenants.context import TenantRef, inside, public_schema
from tenants.models import WakeUp

MAY_12 = (dt.date(2026, 5, 12),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-05-12", MAY_12),
        ("2026-05-12T09:30:00Z", MAY_12),
        ("Bonn, den 12.05.2026.", MAY_12),
        ("am 12. 5. 2026", MAY_12),
        ("12. Mai 2026", MAY_12),
        ("the 12th of May, 2026", MAY_12),
        ("12-May-2026", MAY_12),
        ("MAY 12, 2026", MAY_12),
        ("May\n12th,\n2026", MAY_12),
        ("12\u00a0May 2026", MAY_12),
        ("2026\u201105\u201112", MAY_12),
        ("05/12/2026", (dt.date(2026, 12, 5), dt.date(2026, 5, 12))),
        ("05/13/2026", (dt.date(2026, 5, 13),)),
        ("13/05/2026", (dt.date(2026, 5, 13),)),
        ("04-03-2026", (dt.date(2026, 3, 4), dt.date(2026, 4, 3))),
        ("05/05/2026", (dt.date(2026, 5, 5),)),
        ("3. Ma\u0308rz 2026", (dt.date(2026, 3, 3),)),
        ("29 February 2028", (dt.date(2028, 2, 29),)),
    ],
)
def test_a_date_is_known_by_its_usual_spellings(text: str, days: tuple[dt.date, ...]) -> None:
    assert days_in(f"Completed on {text} in Bonn") == [days]


@pytest.mark.parametrize(
    "text",
    ["29 February 2026", "31.04.2026", "13/13/2026", "2026-05-1234", "112.05.2026", "1.12.05.2026", "12.05.26",
     "May 2026", "12 May 1888", "12 Marble 2026", "\u0661\u0662.05.9999", ""],
)  # fmt: skip
def test_what_no_calendar_has_or_is_no_date_is_not_taken_for_one(text: str) -> None:
    assert days_in(f"No {text} here") == []


def test_each_date_stands_once_in_the_order_of_the_text_and_not_without_end() -> None:
    text = "Valid 13.05.2026 to 12.05.2026, printed 2026-05-13"
    assert days_in(text) == [(dt.date(2026, 5, 13),), MAY_12]
    many = " ".join(f"{day}.10.2026" for day in range(1, 32))
    assert len(days_in(many)) == MOST_DAYS


@pytest.mark.parametrize(
    ("text", "given", "family", "stands"),
    [
        ("awarded to DEE DUBOIS on", "Dee", "Dubois", True),
        ("Dubois, Dee (2026)", "Dee", "Dubois", True),
        ("Dee Anne-Marie\nDubois", "Dee", "Dubois", True),
        ("Jose Muller-Luedenscheidt", "José", "Muller-Lüdenscheidt", True),
        ("Dee Smith and, in another room of the house, Ann Dubois", "Dee", "Dubois", False),
        ("Deer Duboisson", "Dee", "Dubois", False),
        ("D. Dubois", "Dee", "Dubois", False),
        ("anybody", "", "", False),
    ],
)
def test_a_name_stands_there_when_its_words_stand_together(
    text: str, given: str, family: str, stands: bool
) -> None:
    assert names_person(text, given, "", family) is stands


def test_the_preferred_name_counts_too_and_one_of_them_is_not_enough() -> None:
    assert names_person("Kit Dubois", "Catherine", "Kit", "Dubois")
    assert not names_person(
        "Kit Carson, Ph.D. of the University of Elsewhere, Dubois", "Catherine", "Kit", "Dubois"
    )
    assert not names_person("Dubois", "Catherine", "", "Dubois")
    assert names("Security Awareness (Basic) 2026", "security awareness 2026")


def _locked(password: str, owner: str) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(text_pdf("12 May 2026")))), io.BytesIO()
    writer.encrypt(user_password=password, owner_password=owner, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def _swollen() -> bytes:
    """A page whose 200 kB unpack to 200 MB."""
    packed = zlib.compress(b" " * 200_000_000, 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</ProcSet[/PDF]>>/Contents 4 0 R>>"
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    return whole_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream)


def _endless() -> bytes:
    """A page that draws one letter four hundred thousand times."""
    drawn = b"BT " + b"(a) Tj " * 400_000 + b"ET"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</ProcSet[/PDF]>>/Contents 4 0 R>>"
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
    return whole_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream)


def _a_billion_pages() -> bytes:
    """A tree of thirty nodes, each of which names the next one twice."""
    nodes = [b"<</Type/Pages/Count 999999999/Kids[%d 0 R %d 0 R]>>" % (n, n) for n in range(3, 33)]
    leaf = b"<</Type/Page/MediaBox[0 0 9 9]>>"
    return whole_pdf(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, leaf)


@pytest.mark.parametrize(
    ("made", "state"),
    [
        (pdf, ReadingState.BROKEN),
        (lambda: text_pdf(""), ReadingState.NO_TEXT),
        (lambda: _locked("secret", "owner"), ReadingState.PROTECTED),
        (lambda: _locked("", "owner"), ReadingState.READ),
        (lambda: b"%PDF-1.4\nnothing of the kind\n%%EOF\n", ReadingState.BROKEN),
        (lambda: text_pdf("12 May 2026")[:200] + b"\n%%EOF\n", ReadingState.BROKEN),
        (_swollen, ReadingState.TOO_LARGE),
        (_a_billion_pages, ReadingState.TOO_LARGE),
    ],
    ids=[
        "without a table",
        "blank",
        "locked",
        "locked against changes",
        "no PDF",
        "cut off",
        "swollen",
        "a billion pages",
    ],
)
def test_whatever_is_in_a_file_there_is_an_answer(made: Callable[[], bytes], state: ReadingState) -> None:
    assert gateway.text_of(made()).state == state


def test_only_the_beginning_of_a_long_file_is_read() -> None:
    read = gateway.text_of(text_pdf(*(f"Page {number} of them" for number in range(1, 2001))))
    assert (read.state, read.is_part) == (ReadingState.READ, True)
    assert "Page 5 of them" in read.text
    assert "Page 6 of them" not in read.text
    long = gateway.text_of(text_pdf("\n".join(["many words " * 9] * 400)))
    assert (len(long.text), long.is_part) == (20_000, True)


def test_a_file_that_takes_too_long_is_ended_and_so_is_a_process_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert gateway.text_of(_endless(), seconds=1) == gateway.Read(ReadingState.TOO_LARGE)
    monkeypatch.setattr(gateway, "DEADLINE_SECONDS", 0)
    assert gateway.text_of(text_pdf("12 May 2026")) == gateway.Read(ReadingState.TOO_LARGE)


@pytest.fixture
def sent(in_alpha: Any, at: dt.datetime) -> Any:
    return _sent_by_dee(at)


def _sent_by_dee(at: dt.datetime) -> Any:
    """Dee's proof: a certificate as text, and a picture."""
    requirement = make_requirement(title="Phishing")
    dee = make_user(given_name="Dee", family_name="Dubois")
    give(dee, requirement, "overdue")
    words = "Certificate of the University of Elsewhere\nDee Dubois\nBonn, 24.09.2026, renewed 04/03/2026"
    return send(dee, requirement, at, ("a.pdf", text_pdf(words)), ("b.png", PNG))


@pytest.mark.django_db
def test_a_worker_reads_each_file_once(sent: Any, at: dt.datetime) -> None:
    with public_schema():
        assert WakeUp.objects.filter(job=reading.JOB).count() == 1
    assert schedule.find(reading.JOB).run(at=at, scheduled_for=at) is None
    found = EvidenceReading.objects.get()
    assert (found.file.name, found.state, found.read_at) == ("a.pdf", "read", at)
    assert found.days == [["2026-09-24"], ["2026-03-04", "2026-04-03"]]
    assert (found.is_name_found, found.is_issuer_found, found.is_title_found) == (True, True, False)
    assert actions.read_files(at=at + dt.timedelta(hours=1), scheduled_for=at) is None
    assert EvidenceReading.objects.get().read_at == at
    actions.withdraw(sent, by=sent.user, at=at)
    assert not EvidenceReading.objects.exists()


@pytest.mark.django_db
def test_what_no_wake_up_is_left_for_is_read_with_the_day(
    sent: Any, at: dt.datetime, django_assert_num_queries: Any
) -> None:
    with public_schema():
        WakeUp.objects.all().delete()
    (daily,) = (job for job in schedule.daily_jobs() if job.name == reading.JOB)
    assert daily.run(at=at, scheduled_for=at) is None
    assert EvidenceReading.objects.count() == 1
    with django_assert_num_queries(1):
        assert daily.run(at=at, scheduled_for=at) is None


@pytest.mark.django_db
def test_where_no_reader_is_installed_it_is_an_error_and_caught_up_on_later(
    sent: Any, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(gateway, "_READER", Path("/nowhere/pdf_text.py"))
        with pytest.raises(gateway.NoReader, match="nowhere"):
            actions.read_files(at=at, scheduled_for=at)
    assert not EvidenceReading.objects.exists()
    with clock.frozen(at), monkeypatch.context() as slow:
        slow.setattr(reading, "TURN", dt.timedelta(0))
        assert actions.read_files(at=at, scheduled_for=at) == at
    assert actions.read_files(at=at, scheduled_for=at) is None
    assert EvidenceReading.objects.count() == 1


@pytest.mark.django_db
def test_what_is_withdrawn_while_it_is_read_leaves_nothing_behind(
    sent: Any, at: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdrawn_meanwhile(content: bytes) -> gateway.Read:
        actions.withdraw(sent, by=sent.user, at=at)
        return gateway.Read(ReadingState.READ, "12 May 2026")

    monkeypatch.setattr(gateway, "text_of", withdrawn_meanwhile)
    assert actions.read_files(at=at, scheduled_for=at) is None
    assert not EvidenceReading.objects.exists()


@pytest.mark.django_db
def test_nothing_is_found_in_what_could_not_be_read(sent: Any, at: dt.datetime) -> None:
    file = sent.files.get(name="a.pdf")
    with pytest.raises(IntegrityError, match="found_only_if_read"), transaction.atomic():
        EvidenceReading.objects.create(file=file, state=ReadingState.BROKEN, is_name_found=True, read_at=at)


@pytest.mark.usefixtures("frozen")
@pytest.mark.django_db
def test_the_reviewer_reads_what_was_found(
    alpha: TenantRef, at: dt.datetime, client_for: Callable[..., Client]
) -> None:
    with inside(alpha):
        sent = _sent_by_dee(at)
        other = make_requirement(title="Other")
        give(sent.user, other, "overdue")
        more = [(f"{name}.pdf", text_pdf(name)) for name in ("no day", "05/06/2026")]
        days = {"completed_on": dt.date(2026, 6, 5)}
        many = send(sent.user, other, at, *more, ("locked.pdf", _locked("secret", "owner")), **days)
        officer = make_user(given_name="Bo", family_name="Bo", roles=("compliance_officer",))
    browser = client_for(alpha, officer)

    def page(of: Any) -> tuple[str, int]:
        with CaptureQueriesContext(connection) as made:
            shown = browser.get(f"/evidence/{of.public_id}/").content.decode()
        return " ".join(shown.split()), len(made)

    assert "Is being read." in page(sent)[0]
    with inside(alpha):
        actions.read_files(at=at, scheduled_for=at)
    one, cost = page(sent)
    for words in ("24 Sep 2026</span>; ", "4 Mar 2026</span>", "which number is the month",
                  "The day of completion that was entered is among them.", "It names Dee Dubois.",
                  "It does not name the course.", "It names the issuer.",
                  "Pictures are looked at by people only."):  # fmt: skip
        assert words in one, words
    three, same = page(many)
    for words in ("No day was found in it.", "may be among them", "It does not name Dee Dubois.",
                  "Could not be read. Protected by a password."):  # fmt: skip
        assert words in three, words
    assert same == cost
