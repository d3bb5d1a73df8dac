"""Edits by hand that take two."""

import datetime as dt
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.access.permissions import Permission
from lms.people.enums import ProposalState
from lms.people.models import Department, Proposal, User
from lms.people.queries.directory import approvers
from lms.ui.dates import day_text


def change_approvers(asked_by: User | None, *, today: dt.date) -> list[User]:
    """Who may agree to an edit on that day: everybody who may change people, but not whoever asks."""
    return approvers(Permission.PEOPLE_CHANGE, asked_by, today=today)


def proposal_for(public_id: UUID) -> Proposal:
    """The proposal of this id, with what it is about and who had to do with it. Raises Http404."""
    rows = Proposal.objects.select_related("department", "group", "asked_by", "decided_by")
    return get_object_or_404(rows, public_id=public_id)


def asked_for(proposal: Proposal) -> str:
    """What it would change, in a sentence."""
    values = proposal.values
    if proposal.department is None:
        since, count = day_text(dt.date.fromisoformat(values["since"])), len(values["people"])
        text = ngettext(
            "Asked for: %(count)d person in it, since %(since)s.",
            "Asked for: %(count)d people in it, since %(since)s.",
            count,
        )
        return text % {"count": count, "since": since}
    parent = Department.objects.filter(pk=values["parent"]).first() if values["parent"] else None
    names = {"name": values["name"], "parent": parent.name if parent else ""}
    if parent is None:
        return _("Asked for: part of no other department, called %(name)s.") % names
    return _("Asked for: part of %(parent)s, called %(name)s.") % names


def waiting_proposals() -> list[Proposal]:
    """Those that wait for somebody, the oldest first."""
    rows = Proposal.objects.filter(state=ProposalState.WAITING).select_related(
        "department", "group", "asked_by"
    )
    return list(rows.order_by("asked_at", "pk"))
