"""What a requirement said at a time: its versions, what each changed, and one of them whole."""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.http import Http404
from django.utils.text import capfirst

from compliance.core import audience
from compliance.requirements import basis, facts, rules
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement, RequirementVersion
from compliance.requirements.queries.courses import asked_courses
from compliance.requirements.queries.sentences import again_text, escalation_text, first_due_text, sentence
from tenants import clock

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed, as the names of fields, and the change that made it, if one did.

    It holds from `first` to `last`, both included; None: it holds still. `is_alone`: whoever made it decided it too,
    for no second person was needed. `approver` is None where nobody is on record any more.
    """

    number: int
    at: datetime
    by: Any
    changed: tuple[str, ...]
    first: date
    last: date | None
    approver: Any
    is_alone: bool
    change: Any = None


def content_of(requirement: Requirement) -> dict[str, Any]:
    """Everything that was decided about a requirement, as JSON: what its next version would keep."""
    return rules.content_of(requirement)


def proposed(requirement: Requirement, content: dict[str, Any]) -> Requirement:
    """The requirement as it would be if it said this; the same row, and never to be saved."""
    return rules.Definition.from_content(content).apply_to(copy(requirement))


def why_not(requirement: Requirement, kind: str, content: dict[str, Any]) -> str:
    """Why an edit to `content`, or a retirement, cannot be made as others wait for it or it would wait for ever."""
    try:
        if kind == "retire":
            rules.check_nobody_waits(requirement, for_good=False)
        elif kind != "pause":
            rules.check_waiting(proposed(requirement, content))
    except rules.NotAllowedNow as refusal:
        return str(refusal)
    return ""


def agreed_ahead(requirement: Requirement, but: int | None = None) -> str:
    """That a change of it (any but the one of this id) was agreed and waits for its day, for a person; or empty."""
    return rules.agreed_ahead(requirement, but)


def differs(before: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether the definition in `content` says something else than `before`; what it rests on is not asked."""
    return rules.Definition.from_content(before) != rules.Definition.from_content(content)


def changed_names(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """The names of what differs, as the form calls it. What an older release did not keep did not change."""
    return _changed(before, after)


def versions_of(requirement: Requirement) -> list[Version]:
    """The versions, the newest first."""
    rows = list(requirement.versions.select_related("by", "approved_by"))
    # The rows belong to `changes`; they are reached through the relation.
    made = requirement.changes.filter(made_at__isnull=False).select_related("proposed_by", "decided_by")
    changes = {row.version_number: row for row in made if row.before["number"] != row.version_number}
    found: list[Version] = []
    until = _ended_on(requirement, made)
    for row, older in zip_longest(rows, rows[1:]):
        version = _version(row, older, changes.get(row.number), until)
        found.append(version)
        until = version.first
    return found


def _version(
    row: RequirementVersion, older: RequirementVersion | None, change: Any, until: date | None
) -> Version:
    first = _first_day(row)
    # Of releases that kept no approver, the change says who agreed.
    approver = row.approved_by or (change and change.decided_by) or row.by
    return Version(
        number=row.number,
        at=row.at,
        by=row.by,
        changed=_changed(older.content, row.content) if older else (),
        first=first,
        last=None if until is None else max(first, until - _DAY),
        approver=approver,
        is_alone=approver is not None and approver == row.by,
        change=change,
    )


def _first_day(row: RequirementVersion) -> date:
    return row.effective_on or clock.today(row.at)


def _ended_on(requirement: Requirement, made: Iterable[Any]) -> date | None:
    """The first day on which nothing holds any more: it was retired, or turned on by mistake; None: it still holds."""
    ended_by = {RequirementState.RETIRED: "retire", RequirementState.DRAFT: "undo"}.get(
        RequirementState(requirement.state)
    )
    return max((each.first_day for each in made if each.kind == ended_by), default=None)


def said_before(until: datetime, ids: Collection[int]) -> dict[int, Requirement]:
    """What each of these requirements said just before that moment (UTC), by id, never to be saved; two statements.

    One of a release that kept no versions says what it says now.
    """
    found = Requirement.objects.in_bulk(ids)
    rows = RequirementVersion.objects.filter(at__lt=until, requirement_id__in=ids).order_by("number")
    said = {row.requirement_id: _as_said(row.content, pk=row.requirement_id) for row in rows}
    return found | said


def version_page(requirement: Requirement, number: int) -> dict[str, Any]:
    """Everything the page of one version shows. Raises Http404 when there is no such version."""
    versions = versions_of(requirement)
    kept = requirement.versions.filter(number=number).first()
    if kept is None:
        raise Http404
    said = _as_said(kept.content)
    owner = kept.content.get("owner")
    return {
        "requirement": requirement,
        "said": said,
        "version": next(each for each in versions if each.number == number),
        **asked_courses(said),
        "sentence": sentence(said, facts.names(audience.parse(said.audience))),
        "first_due": capfirst(first_due_text(said.terms)),
        "again": capfirst(again_text(said.terms)),
        "told_above": escalation_text(said.escalation),
        "basis": basis.of(said),
        "owner_name": owner["name"] if owner else "",
    }


def _as_said(content: dict[str, Any], pk: int | None = None) -> Requirement:
    """The requirement as the version has it, unsaved. What an older release did not keep is as new ones begin."""
    said = Requirement(pk=pk)
    for name, value in content.items():
        field = _field(name)
        if field is not None and name != "owner":
            setattr(said, name, field.to_python(value))
    return said


def _changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """The names of what differs, as the form calls it. What an older release did not keep did not change."""
    differing = [name for name in after if name in before and before[name] != after[name]]
    fields = filter(None, map(_field, differing))
    return tuple(dict.fromkeys(str(field.verbose_name) for field in fields))


def _field(name: str) -> Any:
    """The field that a part of a version was kept from; None when there is none any more."""
    by_name = {field.attname: field for field in Requirement._meta.concrete_fields}
    return by_name.get(name) or by_name.get(f"{name}_id")
