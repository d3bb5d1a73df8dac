"""Which requirement or duty of the program answers which control, and which controls nothing answers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.requirements import basis, events, packs
from compliance.requirements.enums import RequirementState
from compliance.requirements.models import Requirement
from lms.catalog import queries as catalog

_PARTS: dict[str, str | Promise] = {
    "title": _("title"),
    "asks": _("what it asks"),
    "kind": _("what answers it"),
    "status": _("where the law stands"),
    "checked": _("how far it was checked"),
    "source": _("source"),
    "url": _("where to read it"),
    "note": _("note"),
    "is_mandate": _("whether it is a duty"),
    "effective_from": _("in force from"),
    "effective_to": _("in force until"),
    "dating": _("where the days come from"),
    "evidence": _("evidence"),
    "missing": _("what Duly does not keep"),
    "parameters": _("values to set"),
    "draft": _("the draft it offers"),
    "duty": _("the duty it offers"),
}


class Answered(StrEnum):
    """What became of a control here."""

    YES = "answered"
    NOT_YET = "not_yet"
    NO = "gap"
    NOT_BY_TRAINING = "not_by_training"


@dataclass(frozen=True, slots=True)
class Answering:
    """What cites a control, a requirement or a duty of the program, and the version of the pack in which it does.

    `counts`: whether it is on, so that it asks somebody for it today. `courses`: those a requirement asks for, any of
    its times, that are open to learners, with the topics they cover.
    """

    title: str
    href: str
    state: str
    state_label: str | Promise
    counts: bool
    reference: basis.Reference
    is_duty: bool = False
    courses: tuple[catalog.NamedCourse, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A control with what answers it."""

    control: packs.Control
    answers: tuple[Answering, ...]

    @property
    def answered(self) -> Answered:
        """Only what is on answers; a draft or a requirement that rests does not yet."""
        if any(answer.counts for answer in self.answers):
            return Answered.YES
        if self.answers:
            return Answered.NOT_YET
        return Answered.NO if self.is_wanted else Answered.NOT_BY_TRAINING

    @property
    def is_wanted(self) -> bool:
        """Whether it asks for training or for a duty of the program, and is in force."""
        return self.control.wants_requirement or self.control.wants_duty


@dataclass(frozen=True, slots=True)
class Changed:
    """A control that a new version of its pack added, dropped or put otherwise; `parts` says in what."""

    control_id: str
    title: str
    is_new: bool
    is_gone: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The newest version of a pack against this site's requirements."""

    pack: packs.Pack
    lines: tuple[Line, ...]
    gone: tuple[Answering, ...]
    changes: tuple[Changed, ...]

    @property
    def wanted(self) -> list[Line]:
        """The controls that ask for training or for a duty, and are in force."""
        return [line for line in self.lines if line.is_wanted]

    @property
    def answered_count(self) -> int:
        """How many of those something answers that is on."""
        return sum(line.answered is Answered.YES for line in self.wanted)

    @property
    def gaps(self) -> list[Line]:
        """Those that nothing cites."""
        return [line for line in self.lines if line.answered is Answered.NO]

    @property
    def outdated(self) -> list[Answering]:
        """What cites a version of the pack in which the control read otherwise, or was still there."""
        cited = [answer for line in self.lines for answer in line.answers]
        return [answer for answer in (*cited, *self.gone) if answer.reference.outdated_by is not None]

    @property
    def undone(self) -> list[Line]:
        """Those a duty could be drafted for: what is asked of the program and nothing cites."""
        return [line for line in self.lines if line.control.duty is not None and not line.answers]

    @property
    def is_cited(self) -> bool:
        """Whether anything cites the pack."""
        return bool(self.gone) or any(line.answers for line in self.lines)


def coverage() -> list[Coverage]:
    """Every pack against all requirements and duties that are not retired, by name; three statements."""
    answers = _answers()
    return [_covered(versions, answers) for versions in packs.library().values()]


def coverage_of(key: str) -> Coverage | None:
    """The same for one pack; None when there is no such pack."""
    versions = packs.library().get(key)
    return None if versions is None else _covered(versions, _answers())


_Answers = dict[tuple[str, str], list[Answering]]


def _answers() -> _Answers:
    found: _Answers = defaultdict(list)
    rows = Requirement.objects.exclude(state=RequirementState.RETIRED).order_by("title", "pk")
    citing = [row for row in rows if row.authorities]
    taught = _taught(citing)
    for row in citing:
        href, counts = (
            reverse("requirements:detail", args=[row.public_id]),
            row.state == RequirementState.ACTIVE,
        )
        for cited in basis.references(row.authorities):
            answer = Answering(
                row.title, href, row.state, row.get_state_display(), counts, cited, courses=taught[row.pk]
            )
            found[cited.pack, cited.control].append(answer)
    given: list[tuple[Any, Any]] = events.duties_asked.send(sender=None)
    for _receiver, duties in given:
        for duty in duties:
            found[duty.reference.pack, duty.reference.control].append(duty)
    return found


def _taught(citing: Iterable[Requirement]) -> dict[int, tuple[catalog.NamedCourse, ...]]:
    """By requirement: the open courses it asks for, each once, in the order they are offered; one statement."""
    asked = {row.pk: dict.fromkeys(one for each in row.sets for one in each.courses) for row in citing}
    known = catalog.named_courses({course for courses in asked.values() for course in courses})
    return {
        pk: tuple(known[one] for one in courses if one in known and known[one].is_open)
        for pk, courses in asked.items()
    }


def _covered(versions: tuple[packs.Pack, ...], answers: _Answers) -> Coverage:
    newest = versions[-1]
    lines = tuple(
        Line(control, tuple(answers.get((newest.key, control.id), ()))) for control in newest.controls
    )
    gone = (
        cited
        for (key, control_id), cited in answers.items()
        if key == newest.key and newest.control(control_id) is None
    )
    changes = map(_changed, packs.changes(versions[-2], newest)) if len(versions) > 1 else ()
    return Coverage(newest, lines, tuple(_flat(gone)), tuple(changes))


def _changed(change: packs.Change) -> Changed:
    shown = change.after or change.before
    return Changed(
        change.control_id,
        shown.title if shown else "",
        is_new=change.before is None,
        is_gone=change.after is None,
        parts=tuple(str(_PARTS[name]) for name in change.names),
    )


def _flat(lists: Iterable[list[Answering]]) -> Iterable[Answering]:
    for each in lists:
        yield from each
