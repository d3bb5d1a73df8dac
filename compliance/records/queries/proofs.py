"""What a certificate proves today, to its holder and to whoever asks with its code: no score, no reason, no address."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from compliance.core.dates import window_opens
from compliance.core.proof import Worth, is_too_early, worth_of, worth_of_all
from compliance.core.terms import Validity
from compliance.records.models import ComplianceRecord, Credit, Revocation
from compliance.records.queries.counting import COUNTED, counts_text
from compliance.records.queries.revocations import IN_FORCE
from lms.learning import queries as learning
from tenants import clock

if TYPE_CHECKING:
    from lms.learning.models import Certificate, Enrollment


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement that a certificate serves, and what that is worth today.

    `accepted_for` is the course that the one passed counted as; empty: as itself.
    """

    title: str
    accepted_for: str
    valid_until: date | None
    revoked_on: date | None
    worth: Worth


@dataclass(frozen=True, slots=True)
class Early:
    """A requirement that the same pass came too early to renew: what was done before stays valid.

    `valid_until` is the last day of that, `opens_on` the first on which it is renewed; None: it counts for good.
    """

    title: str
    valid_until: date | None
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A certificate as it is today. Dates are days in the tenant's zone; `holder_name` as it stood when it was issued.

    `public_id` is that of the certificate, or of the credit: something done elsewhere and recorded here, with its
    `source`. That one serves one requirement, whose title it bears. `language` is that of a course. `valid_until` is
    the last day for which it proves what it is worth, None where it names none; `revoked_on` since when all of it
    proves nothing any more.
    """

    public_id: UUID
    code: str
    holder_name: str
    title: str
    language: str
    source: str
    completed_on: date
    issued_on: date
    lines: tuple[Line, ...]
    worth: Worth
    valid_until: date | None
    revoked_on: date | None
    early: tuple[Early, ...] = ()

    @property
    def renews_nothing(self) -> bool:
        """Whether it serves no requirement, because it came before any could be renewed."""
        return bool(self.early) and not self.lines

    @property
    def is_credit(self) -> bool:
        """Whether no course was passed here for it."""
        return bool(self.source)

    @property
    def number(self) -> str:
        """The code in groups, as it is printed."""
        return learning.grouped(self.code)

    @property
    def is_even(self) -> bool:
        """Whether one sentence says it for all that it serves: the same worth, until the same day."""
        return len({(one.worth, one.valid_until, one.revoked_on) for one in self.lines}) <= 1


def proof_by(code: str, today: date) -> Proof | None:
    """What the certificate with this code is worth on `today`; None where none has it. Three statements."""
    held = learning.certificate_by(code)
    if held is not None:
        return proof_of(held, today)
    return next(iter(_of_credits(Credit.objects.exclude(code="").filter(code=code), today)), None)


def proof_of(held: "Certificate", today: date) -> Proof:
    """What the certificate of a passed course, with its enrollment and version, is worth on `today`; two statements.

    What it came too early to renew may take two more for a requirement, for its holidays and what it waits for.
    """
    version, issued_on = held.enrollment.course_version, clock.today(held.issued_at)
    rows = list(_with_worth(ComplianceRecord.objects.filter(enrollment_id=held.enrollment_id)))
    lines = _lines(rows, today)
    return Proof(
        public_id=held.public_id,
        code=held.code,
        holder_name=held.holder_name,
        title=version.title,
        language=version.language,
        source="",
        completed_on=held.enrollment.completed_on or issued_on,
        issued_on=issued_on,
        lines=lines,
        **_summed_up(lines, held.valid_until, held.revoked_on, today),
        early=_early(held.enrollment, {row.requirement_id for row in rows}),
    )


def _early(passed: "Enrollment", served: Collection[int]) -> tuple[Early, ...]:
    """What else asks for this course, and had been done already when it was passed; by the terms of today."""
    on, found = passed.completed_on, {}
    before = (
        ComplianceRecord.objects.filter(user_id=passed.user_id, completed_at__lt=passed.completed_at)
        .exclude(requirement_id__in=served)
        .exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
        .select_related("requirement")
        .order_by("requirement__title", "requirement_id", "completed_at", "pk")
    )
    for row in before:
        if any(passed.course_id in each.courses for each in row.requirement.sets):
            found[row.requirement_id] = row
    return tuple(each for row in found.values() if on is not None and (each := _early_for(row, on)))


def _early_for(row: ComplianceRecord, passed_on: date) -> Early | None:
    if row.completed_on is None or row.valid_from is None or row.anchored_on is None:
        return None
    terms = row.requirement.terms
    done = Validity(row.valid_from, row.valid_until, row.anchored_on, row.is_temporary)
    if not is_too_early(terms, done, row.completed_on, passed_on):
        return None
    opens_on = window_opens(terms, row.valid_until, row.completed_on) if row.valid_until else None
    return Early(row.requirement.title, row.valid_until, opens_on)


def credit_proofs(user_id: int, today: date) -> list[Proof]:
    """The certificates of what a person did elsewhere, newest first; two statements, one without any."""
    return _of_credits(Credit.objects.filter(user_id=user_id).exclude(code="").order_by("-on", "-pk"), today)


def _of_credits(credits_: QuerySet[Credit], today: date) -> list[Proof]:
    found = list(credits_.select_related("requirement"))
    cycles: dict[int | None, list[ComplianceRecord]] = defaultdict(list)
    if found:
        for row in _with_worth(ComplianceRecord.objects.filter(credit__in=found)):
            cycles[row.credit_id].append(row)
    return [_of_credit(credit, _lines(cycles[credit.pk], today), today) for credit in found]


def _of_credit(credit: Credit, lines: tuple[Line, ...], today: date) -> Proof:
    return Proof(
        public_id=credit.public_id,
        code=credit.code,
        holder_name=credit.holder_name,
        title=credit.requirement.title,
        language="",
        source="temporary" if credit.is_temporary else credit.source,
        completed_on=credit.on,
        issued_on=clock.today(credit.at),
        lines=lines,
        **_summed_up(lines, credit.valid_until, None, today),
    )


def _summed_up(
    lines: tuple[Line, ...], valid_until: date | None, revoked_on: date | None, today: date
) -> dict[str, Any]:
    """Worth, last day and revocation of the whole; the dates given are its own, for one that serves nothing."""
    if not lines:
        worth = worth_of(today, valid_until=valid_until, revoked_on=revoked_on, is_renewed=False)
        return {"worth": worth, "valid_until": valid_until, "revoked_on": revoked_on}
    worth = worth_of_all([one.worth for one in lines])
    days = [one.valid_until for one in lines if one.worth == worth]
    revoked = [one.revoked_on for one in lines if one.revoked_on is not None]
    return {
        "worth": worth,
        "valid_until": None if None in days else max(day for day in days if day is not None),
        "revoked_on": max(revoked) if worth == Worth.REVOKED else None,
    }


def _with_worth(records: QuerySet[ComplianceRecord]) -> QuerySet[ComplianceRecord]:
    """Those of these cycles that are finished, with since when each is revoked, and whether it is renewed.

    That is: a newer certificate took its place. Loaded history has none to ask for instead, and what only
    bridges the time takes no place.
    """
    in_force = Revocation.objects.filter(record_id=OuterRef("pk"), **IN_FORCE)
    later = Q(completed_at__gt=OuterRef("completed_at"))
    same = Q(completed_at=OuterRef("completed_at"), pk__gt=OuterRef("pk"))
    has_one = Q(enrollment__certificate__isnull=False) | Q(credit__code__gt="")
    newer = ComplianceRecord.objects.filter(
        later | same,
        has_one,
        user_id=OuterRef("user_id"),
        requirement_id=OuterRef("requirement_id"),
        is_temporary=False,
    ).exclude(pk__in=Revocation.objects.filter(**IN_FORCE).values("record_id"))
    return (
        records.filter(completed_at__isnull=False)
        .annotate(revoked_on=Subquery(in_force.values("on")[:1]), is_renewed=Exists(newer))
        .select_related("requirement", *COUNTED)
        .order_by("requirement__title", "requirement_id", "cycle")
    )


def _lines(rows: Iterable[ComplianceRecord], today: date) -> tuple[Line, ...]:
    """One line for each requirement that these cycles, of one pass, served; what counts goes before what is revoked."""
    found: dict[int, Line] = {}
    for row in rows:
        line = _line(row, today)
        if row.requirement_id not in found or line.revoked_on is None:
            found[row.requirement_id] = line
    return tuple(found.values())


def _line(row: "ComplianceRecord", today: date) -> Line:
    revoked_on, is_renewed = row.revoked_on, row.is_renewed  # type: ignore[attr-defined]  # annotated
    return Line(
        title=row.requirement.title,
        accepted_for=row.counted_for.title if row.counted_for and counts_text(row) else "",
        valid_until=row.valid_until,
        revoked_on=revoked_on,
        worth=worth_of(today, valid_until=row.valid_until, revoked_on=revoked_on, is_renewed=is_renewed),
    )
