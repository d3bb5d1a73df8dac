"""Writing an event of the site into its own audit log, and to those whom it concerns."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from lms.audit import actions as audit
from lms.audit import queries as audit_log
from lms.mail import actions as mail
from lms.people import queries as people
from lms.site import kinds, rules
from lms.site.enums import Audience
from tenants import clock, context

MAIL_KIND = "site.event"
_ROLES = {
    Audience.NOBODY: (),
    Audience.OWNERS: ("owner",),
    Audience.ADMINISTRATORS: ("owner", "administrator"),
}


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who is no person of this site: an operator, or a person who is gone."""

    display_name: str

    @property
    def public_id(self) -> UUID:
        """The same for the same name, and nobody's here."""
        return uuid5(NAMESPACE_URL, f"outsider:{self.display_name}")


def note_event(
    *, public_id: UUID, kind: str, by: str, reason: str, facts: Mapping[str, Any], at: dt.datetime
) -> bool:
    """Write down once what happened to the site, and tell whom it concerns; False when it was noted before."""
    action = f"site.{kind}"
    with transaction.atomic():
        if audit_log.is_recorded(action=action, object_id=str(public_id)):
            return False
        found = kinds.find(kind)
        for person in people.holders_of(_ROLES[found.audience_of(facts)], today=clock.today(at)):
            mail.queue(
                kind=MAIL_KIND,
                to=person,
                key=f"site:{public_id}:{person.pk}",
                facts={
                    "kind": kind,
                    "by": rules.by_name(by),
                    "reason": reason,
                    "facts": dict(facts),
                    "at": at.isoformat(),
                },
                at=at,
            )
        audit.record(
            action=action,
            by=_actor(by),
            at=at,
            object_label=context.require_tenant().name,
            object_id=public_id,
            facts={**({"reason": reason} if reason else {}), **facts},
        )
    return True


def _actor(by: str) -> audit.Actor | None:
    if by == "system":
        return None
    person = people.person_by_email(by.removeprefix(rules.OWN)) if by.startswith(rules.OWN) else None
    return person or Outsider(rules.by_name(by))
