"""`{% load oversight %}`: what pages of other apps show of a person's compliance."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import reverse

from compliance.core.asof import Moment
from compliance.evidence import queries as evidence
from compliance.oversight import queries
from compliance.records import queries as records
from compliance.reminders import queries as reminders
from compliance.requirements import queries as requirements
from lms.access import guard
from lms.access.permissions import Permission
from lms.catalog import queries as catalog
from lms.learning import queries as learning
from lms.mail import queries as mail
from lms.people import queries as people
from lms.ui.qr import qr_code
from tenants import clock, links

register = template.Library()


@register.inclusion_tag("oversight/_person_compliance.html", takes_context=True)
def person_compliance(context: template.Context, person: Any) -> dict[str, Any]:
    """Required training, earlier cycles and messages of `person`. That the viewer may see it is the page's matter."""
    mine, past = queries.my_record(user_id=person.pk, today=clock.today())
    shown = {
        "person": person,
        "mine": mine,
        "past": past,
        "picture": queries.picture_of(person.pk, clock.today()),
        "told_above": reminders.escalations_of(person.pk),
        "messages_sent": mail.history(person.pk, limit=20),
        "request": context.get("request"),
        "then_url": _then_url(context.get("request"), person),
    }
    viewer = context["request"].user
    shown["may_certify"] = (
        Permission.COMPLETIONS_CERTIFY in viewer.usable_permissions and viewer.pk != person.pk
    )
    shown["waiting_for"] = records.waiting_for(person.pk) if shown["may_certify"] else {}
    shown["signed"] = learning.signed_statements([person.pk])
    shown["sees_origin"] = queries.sees_origin(viewer)
    shown["person_key"] = str(person.public_id)
    return shown | _requests(context.get("request"), person) | _evidence(context.get("request"), person)


@register.simple_tag
def proof_of(certificate: Any) -> records.Proof:
    """What the certificate of a passed course is worth today: what whoever checks it is told."""
    return records.proof_of(certificate, clock.today())


@register.simple_tag(takes_context=True)
def credit_certificates(context: template.Context) -> list[records.Proof]:
    """The viewer's certificates of what they did elsewhere."""
    return records.credit_proofs(context["request"].user.pk, clock.today())


@register.inclusion_tag("oversight/certificates/_number.html")
def certificate_number(proof: records.Proof) -> dict[str, Any]:
    """The number of a certificate, and where anybody checks it, also as a QR code."""
    address = links.absolute(reverse("oversight:check-certificate", args=[proof.number]))
    shown = links.absolute(reverse("oversight:check")).partition("://")[2]
    return {"proof": proof, "address": address, "shown": shown, "qr": qr_code(address)}


@register.inclusion_tag("oversight/_asked_by.html", takes_context=True)
def asked_by(context: template.Context, course_id: int, published: Any) -> dict[str, Any]:
    """Which requirements ask for a course, and which may be asked for again since a newer version came.

    `published` is the version that is open now, or None. Whoever may not ask reads who may, where an author calls
    the change material; a small one offers nothing, and takes no earlier offer away.
    """
    held = context["request"].user.usable_permissions
    sees_them, asks = Permission.REQUIREMENTS_VIEW in held, Permission.EVENTS_RECORD in held
    offered = _offered(course_id, published, asks=asks)
    if not (sees_them or offered):
        return {}
    asking = requirements.asking_for(course_id)
    today, again, version = clock.today(), [], published
    for version in offered:
        if again := queries.asked_again_by(asking, version, today):
            break
    return {
        "asking": asking if sees_them else [],
        "again": again,
        "asks": asks,
        "askers": people.able_to(Permission.EVENTS_RECORD, today=today) if again and not asks else [],
        "version": version,
    }


def _offered(course_id: int, published: Any, *, asks: bool) -> list[Any]:
    """The versions for which it may be asked again, the one to ask for first: the newest whose change is material."""
    if published is None or published.number == 1:
        return []
    material = published if published.is_material else catalog.newest_material(course_id)
    found = [material] if material else []
    return [*found, published] if asks and not published.change else found


def _evidence(request: Any, person: Any) -> dict[str, Any]:
    """What the person sent as proof: nothing where the viewer may not know."""
    viewer = request.user
    if guard.is_support(viewer) or not _reaches(viewer, Permission.EVIDENCE_VIEW, person):
        return {}
    return {"sent": evidence.mine(person.pk)[:20]}


def _requests(request: Any, person: Any) -> dict[str, Any]:
    """What was asked about the person, and what the viewer may ask or do: nothing where they may not know."""
    viewer = request.user
    if guard.is_support(viewer) or not _reaches(viewer, Permission.WAIVERS_VIEW, person):
        return {"sees_requests": False}
    return {
        "sees_requests": True,
        "asked": [one for one in records.requests_of(person.pk) if not records.is_kept_from(one, viewer.pk)],
        "may_ask": _reaches(viewer, Permission.WAIVERS_ASK, person),
        "may_extend": queries.may_extend(viewer, today=clock.today(), person_id=person.pk),
        "person_key": str(person.public_id),
        "person_search": quote(person.email),
    }


def _then_url(request: Any, person: Any) -> str:
    """Where the viewer sees the person on another day; empty when they may not."""
    viewer = request.user
    if guard.is_support(viewer) or not _reaches(viewer, Permission.REPORTS_VIEW, person):
        return ""
    return reverse("oversight:then-person", args=[person.public_id])


def _reaches(viewer: Any, permission: Permission, person: Any) -> bool:
    return people.reach(viewer, permission).covers(person.pk)


@register.simple_tag
def people_link(**filters: Any) -> str:
    """The address of the list of exactly the people meant."""
    return queries.people_url(**{name: str(value) for name, value in filters.items() if value})


@register.simple_tag
def counting(moment: Moment | None = None) -> records.Counting:
    """How grace counts today; with `moment` as it did on that day, without what came after it."""
    if moment is None:
        return records.counting_on(clock.today())
    return replace(records.counting_on(moment.on), coming=())


@register.filter
def person_name(row: Mapping[str, Any]) -> str:
    """The name of a row of people."""
    return records.person_name(row)


@register.filter
def standing_word(row: Mapping[str, Any]) -> str:
    """The status of a row of people that needs attention most; of those who owe nothing now, why."""
    return records.standing_word(row)
