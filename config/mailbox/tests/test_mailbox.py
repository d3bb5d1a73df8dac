"""The mailbox page shows what was caught and lets none of it out."""

from email.message import EmailMessage

import pytest

from config.mailbox.store import Mailbox


def put(folder, name, *, to="dee@example.org", subject="Your code", html=""):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Duly <training@duly.localhost>", to, subject
    message.set_content("Code: 123456\nhttp://alpha.duly.localhost:8000/welcome/?a=1&b=2\n")
    if html:
        message.add_alternative(html, subtype="html")
    (folder / f"{name}.eml").write_bytes(f"X-Envelope-To: {to}\r\n".encode() + bytes(message))


@pytest.fixture
def public(client_for, db, settings, tmp_path):
    settings.MAILBOX_DIR = str(tmp_path)
    settings.PUBLIC_URLCONF = "config.mailbox.tests.urlconf"
    return client_for(None)


def test_messages_are_listed_newest_first_and_found_by_recipient(public, tmp_path):
    put(tmp_path, "000001", subject="First")
    put(tmp_path, "000002", subject="Zweite Überprüfung", to="bo@example.org")
    (tmp_path / ".000003.part").write_bytes(b"half")
    page = public.get("/mailbox/").content.decode()
    assert page.index("Zweite Überprüfung") < page.index("First")
    found = public.get("/mailbox/?to=BO@").content.decode()
    assert "Zweite" in found
    assert "First" not in found
    assert "No message to this address" in public.get("/mailbox/?to=eve").content.decode()


def test_an_empty_mailbox_says_so(public, tmp_path):
    assert "No mail yet" in public.get("/mailbox/").content.decode()
    tmp_path.rmdir()
    assert public.get("/mailbox/").status_code == 200


def test_a_message_shows_its_text_with_links_and_escapes_the_rest(public, tmp_path):
    put(tmp_path, "000001", subject="<script>alert(1)</script>")
    page = public.get("/mailbox/000001/").content.decode()
    assert "<script>alert" not in page
    assert 'href="http://alpha.duly.localhost:8000/welcome/?a=1&amp;b=2"' in page


def test_the_html_of_a_message_is_framed_under_a_policy_of_its_own(public, tmp_path):
    put(
        tmp_path,
        "000001",
        html="<html><head></head><body><script>alert(1)</script><a href='/x'>x</a></body></html>",
    )
    outer = public.get("/mailbox/000001/")
    assert 'sandbox="allow-popups' in outer.content.decode()
    inner = public.get("/mailbox/000001/page/")
    policy = inner.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in inner.content.decode()


def test_a_message_without_html_has_no_frame(public, tmp_path):
    put(tmp_path, "000001")
    assert "<iframe" not in public.get("/mailbox/000001/").content.decode()
    assert public.get("/mailbox/000001/page/").status_code == 404


@pytest.mark.parametrize("name", ["000009", "..", "%2e%2e", "a%2Fb", "x" * 70, "-x"])
def test_a_name_that_is_no_message_is_not_found(public, tmp_path, name):
    assert public.get(f"/mailbox/{name}/").status_code == 404


@pytest.mark.parametrize("name", ["../secret", "a/b", "", ".hidden", "a.eml", "a\n"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "box").mkdir()
    (tmp_path / "secret.eml").write_bytes(b"Subject: secret\r\n\r\n")
    assert Mailbox(tmp_path / "box").open(name) is None


def test_without_a_folder_there_is_no_page(public, settings):
    settings.MAILBOX_DIR = ""
    assert public.get("/mailbox/").status_code == 404


def test_broken_messages_are_shown_as_far_as_they_can_be(public, tmp_path):
    (tmp_path / "000001.eml").write_bytes(b"\xff\xfe\x00 not a message")
    (tmp_path / "000002.eml").write_bytes(
        b"Subject: =?utf-8?q?broken\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nx"
    )
    assert public.get("/mailbox/").status_code == 200
    assert public.get("/mailbox/000001/").status_code == 200
    assert public.get("/mailbox/000002/").status_code == 200
