"""What people see and do: systems, consequences, freezes, the log, and what a learner is told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.consequences import actions, gateway
from compliance.consequences.models import Consequence, Delivery, Freeze, Receiver, Withdrawal
from compliance.oversight.tests.factories import DAY, TODAY, give
from compliance.requirements.tests.factories import make_requirement
from lms.audit.models import Event
from lms.people.tests.factories import make_affiliation, make_user
from tenants.context import TenantRef, inside
from tenants.tests.factories import AT

from .factories import Listener, is_signed, make_consequence, make_receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
Browser = Callable[..., Client]
SYSTEMS = "/consequences/systems/"


def late_person(requirement: Any, name: str = "Lee", **fields: Any) -> Any:
    user = make_user(given_name=name, **fields)
    make_affiliation(user)
    give(user, requirement, "overdue")
    return user


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_system_is_added_shown_its_secret_once_tested_and_given_another(
    alpha: TenantRef, ada: Any, client_for: Browser, listener: Listener
) -> None:
    browser = client_for(alpha, ada)
    assert "No system is told" in words(browser.get(SYSTEMS))
    made = browser.post(SYSTEMS, {"name": " VPN  of IT ", "url": listener.url})
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", made.content.decode()))
    with inside(alpha):
        receiver = Receiver.objects.get()
        assert (receiver.name, gateway.secret_of(receiver, rotation=1)) == ("VPN of IT", secret)
    page = f"{SYSTEMS}{receiver.public_id}/"
    assert "whsec_" not in browser.get(SYSTEMS).content.decode() + browser.get(page).content.decode()
    assert browser.post(SYSTEMS, {"name": "vpn of it", "url": listener.url}).status_code == 422
    assert "It took the test message (204)" in words(browser.post(f"{page}test/", follow=True))
    assert is_signed(listener.heard[0], secret)
    listener.answers, listener.text = [503], "<b>later</b>"
    assert "It answered 503: &lt;b&gt;later&lt;/b&gt;" in words(browser.post(f"{page}test/", follow=True))
    rotated = browser.post(f"{page}secret/", {"rotation": "1"})
    assert secret not in rotated.content.decode()
    assert "whsec_" in rotated.content.decode()
    again = browser.post(f"{page}secret/", {"rotation": "1"}, follow=True)  # the same form once more
    assert "newer secret was made" in words(again)
    for to, said in (("pause", "Paused."), ("resume", "It is told again."), ("end", "is ended")):
        assert said in words(browser.post(f"{page}state/", {"to": to}, follow=True))
    assert browser.get(page).status_code == 404
    with inside(alpha):
        deeds = set(Event.objects.filter(action__startswith="consequences.").values_list("action", flat=True))
        assert len(deeds) == 5
        facts = str(list(Event.objects.values_list("facts", flat=True)))
        assert ("whsec_" in facts, "x=1" in facts, "/duly?…" in facts) == (False, False, True)


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "url": "https://x.example"},
        {"name": "VPN", "url": "ftp://x"},
        {"name": "V\x00", "url": "x"},
    ],
)
def test_bad_input_is_answered_in_words(alpha: TenantRef, ada: Any, client_for: Browser, given: Any) -> None:
    assert client_for(alpha, ada).post(SYSTEMS, given).status_code == 422
    with inside(alpha):
        assert not Receiver.objects.exists()


def test_a_consequence_is_looked_at_then_turned_on_as_seen_and_ended(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        requirement = make_requirement()
        late_person(requirement)
        receiver = make_receiver(ada)
    browser, page = client_for(alpha, ada), f"/consequences/requirements/{requirement.public_id}/"
    detail = f"/requirements/{requirement.public_id}/"
    assert "Nobody loses access to anything" in words(browser.get(detail))
    given = {"receiver": str(receiver.public_id), "days": "14"}
    seen = browser.post(page, given)
    assert "1 person would lose access in the morning of 24 Nov 2026" in words(seen)
    assert "Access to VPN ends 14 days after the due date." in words(seen)
    given |= {"save": "1", "fingerprint": seen.context["seen"].fingerprint}
    with inside(alpha):
        late_person(requirement, "Max")
    stale = browser.post(page, given)
    assert (stale.status_code, "The list has changed" in words(stale)) == (422, True)
    given["fingerprint"] = stale.context["seen"].fingerprint
    assert browser.post(page, given)["Location"] == detail
    assert "0 people without access now" in words(browser.get(detail))
    assert "There is no system to choose" in words(browser.get(page))
    for days in ("0", "366", "x", ""):
        assert browser.post(page, given | {"days": days}).status_code == 422
    with inside(alpha):
        made = Consequence.objects.get()
        actions.nightly_turn(at=AT, scheduled_for=AT)
    assert "2 people, who regain it" in words(browser.get(f"/consequences/{made.public_id}/end/"))
    ended = browser.post(f"/consequences/{made.public_id}/end/", follow=True)
    assert "regains it within a minute" in words(ended)
    assert browser.post(f"/consequences/{made.public_id}/end/").status_code == 404


def test_freezes_are_kept_in_a_calendar(alpha: TenantRef, ada: Any, client_for: Browser) -> None:
    browser, page = client_for(alpha, ada), "/consequences/freezes/"
    days = {"name": "Finals week", "starts_on": str(TODAY), "ends_on": str(TODAY + 4 * DAY)}
    assert "Saved." in words(browser.post(page, days, follow=True))
    for wrong in (
        {"ends_on": str(TODAY - DAY)},
        {"starts_on": "2026-02-30"},
        {"ends_on": "2029-01-01"},
        {"name": ""},
    ):
        assert browser.post(page, days | wrong).status_code == 422
    past = {"starts_on": str(TODAY - 9 * DAY), "ends_on": str(TODAY - DAY)}
    assert "are over" in words(browser.post(page, days | past))
    with inside(alpha):
        freeze = Freeze.objects.get()
    browser.post(f"{page}{freeze.public_id}/remove/")
    with inside(alpha):
        assert not Freeze.objects.exists()


def test_the_log_is_found_by_its_filters_and_costs_the_same_for_one_and_for_three(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    browser = client_for(alpha, ada)
    costs: dict[str, list[int]] = {}
    with inside(alpha):
        requirement, receiver = make_requirement(), make_receiver(ada)
        make_consequence(requirement, receiver, ada)
        detail = f"/requirements/{requirement.public_id}/"
    pages = ["/consequences/", SYSTEMS, f"{SYSTEMS}{receiver.public_id}/", detail]
    for name in ("Lee", "Max", "Ann"):
        with inside(alpha):
            late_person(requirement, name, family_name="W" * 60)
            actions.nightly_turn(at=AT, scheduled_for=AT)
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert browser.get(page).status_code == 200
            costs.setdefault(page, []).append(len(captured))
    assert {page: len(set(counts)) for page, counts in costs.items()} == dict.fromkeys(pages, 1), costs
    found = {
        query: browser.get(f"/consequences/?{query}").context["page"].total
        for query in ("", "q=lee", "state=open", "state=restored", "state=failed", "requirement=x", "system=x",
                      f"system={receiver.public_id}", f"requirement={requirement.public_id}", "state=nonsense")
    }  # fmt: skip
    assert list(found.values()) == [3, 1, 3, 0, 0, 3, 3, 3, 3, 3]
    with inside(alpha):
        gone = make_receiver(ada, name="Old door")
        actions.end_receiver(gone, by=ada, at=AT)
    ended = browser.get(f"/consequences/?system={gone.public_id}")
    assert (ended.context["page"].total, "Old door (ended)" in words(ended)) == (0, True)


def test_a_failed_call_is_sent_again_from_the_page_and_what_waits_is_dropped_with_its_system(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        requirement, receiver = make_requirement(), make_receiver(ada)
        lee = late_person(requirement)
        make_consequence(requirement, receiver, ada)
        actions.nightly_turn(at=AT, scheduled_for=AT)
        Delivery.objects.update(state="failed", settled_at=AT, last_status=500)
        call = Delivery.objects.get()
    browser = client_for(alpha, ada)
    assert f"/people/{lee.public_id}/" in browser.get("/consequences/?state=failed").content.decode()
    again = f"/consequences/calls/{call.public_id}/again/"
    assert "It is being sent again." in words(browser.post(again, follow=True))
    assert "did not fail" in words(browser.post(again, follow=True))
    with inside(alpha):
        actions.hold_all(at=AT, reason="Restored from a backup.")
        actions.end_consequence(Consequence.objects.get(), by=ada, at=AT)
        actions.restore(at=AT, scheduled_for=AT)
    system = f"{SYSTEMS}{receiver.public_id}/"
    assert again in browser.get(system).content.decode()  # what was dropped can be sent as well
    assert "1 call to this system still waits" in words(
        browser.post(f"{system}state/", {"to": "end"}, follow=True)
    )
    given = {"to": "end", "drops": browser.get(system).context["waiting"]}
    assert "is ended" in words(browser.post(f"{system}state/", given, follow=True))
    assert "told nothing any more" in words(browser.post(again, follow=True))


def test_a_learner_and_whoever_helps_read_the_same_words(
    alpha: TenantRef, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        requirement = make_requirement(title="Data")
        lee = late_person(requirement)
        make_consequence(requirement, make_receiver(ada), ada, days=21)
    before = "Access to VPN ends on 24 Nov 2026 Unless “Data”, due on 3 Nov 2026, is done before."
    after = "Access to VPN was withdrawn on 24 Nov 2026 “Data” was due on 3 Nov 2026 and is not done."
    pages = [(client_for(alpha, lee), "/status/"), (client_for(alpha, ada), f"/people/{lee.public_id}/")]
    assert [before in words(browser.get(path)) for browser, path in pages] == [True, True]
    with inside(alpha):
        actions.nightly_turn(at=AT + DAY, scheduled_for=AT + DAY)
        assert Withdrawal.objects.count() == 1
    assert [after in words(browser.get(path)) for browser, path in pages] == [True, True]


def test_who_may_do_what(
    alpha: TenantRef, beta: TenantRef, bo: Any, dee: Any, cy: Any, ada: Any, client_for: Browser
) -> None:
    with inside(alpha):
        requirement, receiver = make_requirement(), make_receiver(ada)
    system, new = f"{SYSTEMS}{receiver.public_id}/", f"/consequences/requirements/{requirement.public_id}/"
    for path in (SYSTEMS, system, new, "/consequences/", "/consequences/freezes/"):
        assert client_for(alpha, dee).get(path).status_code == 403
    officer = client_for(alpha, bo)
    assert [officer.get(path).status_code for path in (SYSTEMS, system, new, "/consequences/")] == [
        403,
        403,
        200,
        200,
    ]
    with inside(beta):
        twin = make_requirement()
        make_receiver(cy)
    neighbour = client_for(beta, cy)
    for path in (f"{system}test/", f"{system}secret/", f"{system}state/"):
        assert neighbour.post(path, {"to": "end", "rotation": "1"}).status_code == 404
    assert neighbour.get(new).status_code == 404
    given = {"receiver": str(receiver.public_id), "days": "14", "save": "1"}  # alpha's system, in beta
    assert neighbour.post(f"/consequences/requirements/{twin.public_id}/", given).status_code == 422
