"""Edits by hand that take two: asking for one, and what somebody else, or whoever asked, does with it."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit import actions as audit
from lms.people import messages_proposals, queries
from lms.people.actions.departments import OwnParent, change_department
from lms.people.actions.groups import add_members
from lms.people.actions.looking import ToSee, look, save_seen
from lms.people.enums import ProposalKind, ProposalState
from lms.people.kinds import Follows
from lms.people.models import Department, Group, Proposal, User
from tenants import clock


class NotNow(Exception):
    """It was decided already: a second click, or somebody else was faster."""


class Refused(Exception):
    """It cannot be done, or not by this person; the message says so to them."""


def propose(
    *, of: Department | Group, values: Mapping[str, Any], follows: Follows, by: User, at: dt.datetime
) -> Proposal:
    """Ask everybody else who may change people for this edit, with what follows as it was seen.

    `values` as in the model. Sending it twice asks once. Raises Refused when another edit of the same thing waits.
    """
    is_move = isinstance(of, Department)
    with transaction.atomic():
        about: dict[str, Any] = (
            {"department": Department.objects.select_for_update().get(pk=of.pk)}
            if is_move
            else {"group": Group.objects.select_for_update().get(pk=of.pk)}
        )
        waits = Proposal.objects.filter(state=ProposalState.WAITING, **about).first()
        if waits is not None:
            same = (by.pk, follows.digest, dict(values))
            if (waits.asked_by_id, waits.seen, waits.values) == same:
                return waits
            raise Refused(
                _("Another edit of it waits for a second person. That one has to be decided first.")
            )
        made = Proposal.objects.create(
            kind=ProposalKind.MOVE if is_move else ProposalKind.MEMBERS,
            values=dict(values),
            seen=follows.digest,
            affected_count=follows.affected_count,
            asked_by=by,
            asked_at=at,
            **about,
        )
        messages_proposals.tell_others(made, queries.change_approvers(by, today=clock.today(at)), at=at)
        _note("people.edit_asked", made, by, at)
    return made


def follows_of(proposal: Proposal, *, at: dt.datetime) -> Follows | None:
    """What would follow from it now; None when nothing would, or it cannot be done any more."""
    write, people = _edit(proposal, at)
    try:
        return look(write, people=people, at=at)
    except OwnParent:
        return None


def approve(*, proposal: Proposal, remark: str, by: User, at: dt.datetime) -> None:
    """Agree, and save it, if what follows is still what whoever asked had seen. Raises NotNow, Refused."""
    with transaction.atomic():
        held = _waiting(proposal, by)
        if held.asked_by not in queries.change_approvers(by, today=clock.today(at)):
            raise Refused(_("Whoever asked for it may no longer change people. It cannot be saved."))
        write, people = _edit(held, at)
        if not people:
            # Nothing follows for anybody by now, and whoever asked had seen something.
            raise Refused(_something_else())
        try:
            save_seen(write, people=people, seen=held.seen, at=at)
        except ToSee as shown:
            raise Refused(_something_else()) from shown
        except OwnParent as error:
            raise Refused(
                _("The department is part of the other one by now, so nothing was saved.")
            ) from error
        _decide(held, ProposalState.MADE, remark, by, at)
        messages_proposals.tell_decided(held, "approved", at=at)
        _note("people.edit_approved", held, by, at)


def reject(*, proposal: Proposal, remark: str, by: User, at: dt.datetime) -> None:
    """Say no, and why; nothing is saved. Raises NotNow, Refused."""
    with transaction.atomic():
        held = _waiting(proposal, by)
        _decide(held, ProposalState.REJECTED, remark, by, at)
        messages_proposals.tell_decided(held, "rejected", at=at)
        _note("people.edit_rejected", held, by, at)


def withdraw(*, proposal: Proposal, by: User, at: dt.datetime) -> None:
    """Whoever asked no longer does. Raises NotNow, Refused."""
    with transaction.atomic():
        held = _held(proposal)
        if held.asked_by_id is not None and held.asked_by_id != by.pk:
            raise Refused(_("Only whoever asked for an edit takes the question back."))
        held.state = ProposalState.WITHDRAWN
        held.save(update_fields=["state"])
        _note("people.edit_withdrawn", held, by, at)


def _edit(proposal: Proposal, at: dt.datetime) -> tuple[Callable[[], object], list[int]]:
    """What is written when it is saved, and for whom that changes anything; nobody: there is nothing left to save.

    In the log it stands under the name of whoever asked.
    """
    values, by = proposal.values, proposal.asked_by
    if by is None:
        raise Refused(_("Whoever asked for it is no longer here. It cannot be saved."))
    if proposal.department is not None:
        # Another object than the one that is shown: what is only tried out must not stick to it.
        moved = Department.objects.select_related("parent").get(pk=proposal.department.pk)
        parent = Department.objects.filter(pk=values["parent"]).first() if values["parent"] else None
        # Who gave it another name meanwhile knew better than whoever asked before.
        name = values["name"] if moved.name == values.get("was", moved.name) else moved.name
        write: Callable[[], object] = partial(
            change_department, department=moved, name=name, parent=parent, by=by, at=at
        )
        if moved.parent_id == (parent.pk if parent else None):
            return write, []
        return write, queries.whom_a_move_concerns(moved, parent)
    group, people = proposal.group, list(User.objects.filter(pk__in=values["people"]).order_by("pk"))
    if group is None:
        raise AssertionError("A proposal is about a department or a group.")
    since, known = dt.date.fromisoformat(values["since"]), queries.member_ids(group)
    return partial(add_members, group=group, people=people, since=since, by=by, at=at), [
        one.pk for one in people if one.pk not in known
    ]


def _something_else() -> str:
    return _("It would do something else by now, so nothing was saved. Whoever asked has to look again.")


def _held(proposal: Proposal) -> Proposal:
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != ProposalState.WAITING:
        raise NotNow
    return held


def _waiting(proposal: Proposal, by: User) -> Proposal:
    held = _held(proposal)
    if held.asked_by_id == by.pk:
        raise Refused(_("Nobody decides what they asked for themself. Somebody else has to."))
    return held


def _decide(held: Proposal, state: ProposalState, remark: str, by: User, at: dt.datetime) -> None:
    held.state, held.decision_note = state, remark
    held.decided_by, held.decided_at = by, at
    held.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])


def _note(action: str, proposal: Proposal, by: User, at: dt.datetime) -> None:
    facts: dict[str, Any] = {"people": proposal.affected_count, "digest": proposal.seen}
    if proposal.decision_note:
        facts["reason"] = proposal.decision_note
    audit.record(
        action=action, by=by, at=at, object_label=proposal.title, object_id=proposal.public_id, facts=facts
    )
