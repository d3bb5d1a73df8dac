"""What is required of whom. The audience is data (compliance.core.audience); the dates are terms (compliance.core)."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from compliance.core import audience, plan
from compliance.core.escalation import Rung, rungs_of
from compliance.core.ladder import Ladder
from compliance.core.milestones import DateField, FirstSignIn, Other
from compliance.core.namings import Naming
from compliance.core.namings import Side as CoreSide
from compliance.core.satisfiers import CourseSet, sets_of
from compliance.core.terms import Anchor, Calendar, DayUnit, FixedDay, Period, Terms
from compliance.core.terms import DueFrom as CoreDueFrom
from compliance.core.terms import Roll as CoreRoll

from .enums import DueFrom, DueUnit, RequirementState, Roll, Side, ValidityAnchor
from .models_equivalences import Equivalence

__all__ = [
    "Equivalence",
    "Holiday",
    "Individual",
    "Requirement",
    "RequirementPause",
    "RequirementVersion",
    "working_calendar",
]

_NONE = Value([], models.JSONField())


class Requirement(models.Model):
    """An obligation: who must do what, by when, how often. Lengths are days unless the name says months.

    `satisfiers` are the sets of courses of which any one does: `[{"from_round": 1, "courses": [3, 7]}, ...]`, read by
    `sets`. The ids are those of courses, which are never deleted. `due_field` is the key of a field of the person.
    `sign_in_within_days` after the assignment a first sign-in is waited for no longer; None: without an end.
    `rungs` say who above is told that it is late: `[{"days": 7, "to": "manager"}, ...]`, read by `escalation`.

    `number` counts the versions since it was turned on; drafts are number 0.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("why it is required"), blank=True)
    satisfiers = models.JSONField(_("courses"), default=list, db_default=_NONE)
    state = models.CharField(max_length=10, choices=RequirementState, default=RequirementState.DRAFT)
    audience = models.JSONField(_("who"))
    starts_on = models.DateField(_("starts on"))
    first_due_days = models.PositiveIntegerField(_("first due"))
    due_from = models.CharField(
        _("first due from"),
        max_length=12,
        choices=DueFrom,
        default=DueFrom.APPOINTMENT,
        db_default=DueFrom.APPOINTMENT,
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_after = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="waited_for_by",
        verbose_name=_("counted from the completion of"),
    )
    due_field = models.CharField(
        _("counted from the field"), max_length=40, blank=True, default="", db_default=""
    )
    sign_in_within_days = models.PositiveSmallIntegerField(
        _("the first sign-in is waited for, days"), null=True, blank=True
    )
    due_unit = models.CharField(max_length=8, choices=DueUnit, default=DueUnit.DAYS, db_default=DueUnit.DAYS)
    roll = models.CharField(
        _("on a weekend or holiday"), max_length=8, choices=Roll, default=Roll.NONE, db_default=Roll.NONE
    )
    recurs_months = models.PositiveIntegerField(_("again every"), null=True, blank=True)
    recurs_days = models.PositiveIntegerField(null=True, blank=True)
    window_days = models.PositiveIntegerField(_("renewal window"), default=60)
    grace_days = models.PositiveIntegerField(_("grace"), default=0)
    return_days = models.PositiveIntegerField(_("days after a leave"), default=14)
    validity_anchor = models.CharField(
        _("counted from"), max_length=10, choices=ValidityAnchor, default=ValidityAnchor.EXPIRY
    )
    fixed_month = models.PositiveSmallIntegerField(null=True, blank=True)
    fixed_day = models.PositiveSmallIntegerField(null=True, blank=True)
    year_start_month = models.PositiveSmallIntegerField(null=True, blank=True)
    year_start_day = models.PositiveSmallIntegerField(null=True, blank=True)
    minimum_months = models.PositiveSmallIntegerField(_("minimum validity"), default=0)
    credit_since = models.DateField(_("earlier completions count since"), null=True, blank=True)
    remind_before = models.JSONField(_("reminders before"), default=list)
    remind_after_every = models.PositiveSmallIntegerField(_("then every"), default=7)
    remind_after_max = models.PositiveSmallIntegerField(_("at most"), default=6)
    rungs = models.JSONField(_("who else is told"), blank=True, default=list, db_default=_NONE)
    owner = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    policy = models.TextField(_("policy"), blank=True, default="", db_default="")
    authorities = models.JSONField(_("laws and standards"), blank=True, default=list, db_default=_NONE)
    parameters = models.JSONField(_("values set here"), blank=True, default=list, db_default=_NONE)
    number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    turned_on_at = models.DateTimeField(null=True)
    turned_on_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="requirement_public_id_once"),
            models.CheckConstraint(
                condition=Q(state=RequirementState.DRAFT, turned_on_at__isnull=True)
                | Q(turned_on_at__isnull=False),
                name="requirement_live_was_turned_on",
            ),
            models.CheckConstraint(
                condition=Q(recurs_months__isnull=True) | Q(recurs_days__isnull=True),
                name="requirement_one_unit_of_recurrence",
            ),
            models.CheckConstraint(
                condition=(Q(recurs_months__isnull=True) | Q(recurs_months__gt=0))
                & (Q(recurs_days__isnull=True) | Q(recurs_days__gt=0)),
                name="requirement_recurrence_is_positive",
            ),
            models.CheckConstraint(
                condition=~Q(validity_anchor=ValidityAnchor.FIXED)
                | Q(fixed_month__isnull=False, fixed_day__isnull=False),
                name="requirement_fixed_anchor_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(validity_anchor=ValidityAnchor.YEAR)
                | Q(
                    fixed_month__isnull=False,
                    fixed_day__isnull=False,
                    year_start_month__isnull=False,
                    year_start_day__isnull=False,
                ),
                name="requirement_year_has_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(due_from=DueFrom.FIXED) | Q(due_on__isnull=False),
                name="requirement_one_date_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(due_from=DueFrom.COMPLETION) | Q(due_after__isnull=False),
                name="requirement_counted_after_another",
            ),
            models.CheckConstraint(
                condition=~Q(due_from=DueFrom.FIELD) | ~Q(due_field=""),
                name="requirement_counted_from_a_field",
            ),
            models.CheckConstraint(
                condition=Q(due_after__isnull=True) | ~Q(due_after=F("id")),
                name="requirement_waits_not_for_itself",
            ),
            models.CheckConstraint(
                condition=Q(satisfiers__0__from_round=1, satisfiers__0__courses__0__isnull=False),
                name="requirement_something_answers_it",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def terms(self) -> Terms:
        """When it is due and how long doing it lasts, in the engine's words.

        One statement when weekends and holidays matter to it, for the holidays; ask once, not once a person.
        """
        return self.terms_by(
            working_calendar() if self.observes_calendar else Calendar(),
            self._waits_for,
            self._counted_from_field,
        )

    def terms_by(self, calendar: Calendar, waits_for: Other | None, field: DateField | None) -> Terms:
        """As `terms`, for whoever reads the holidays, and what it waits for, once for several requirements."""
        return Terms(
            starts_on=self.starts_on,
            first_due_days=self.first_due_days,
            recurs=self._recurs,
            anchor=Anchor(self.validity_anchor),
            fixed_day=_day_of_year(self.fixed_month, self.fixed_day),
            minimum_months=self.minimum_months,
            window_days=self.window_days,
            grace_days=self.grace_days,
            return_days=self.return_days,
            credit_since=self.credit_since,
            due_from=CoreDueFrom(self.due_from),
            due_on=self.due_on,
            due_unit=DayUnit(self.due_unit),
            roll=CoreRoll(self.roll),
            year_start=_day_of_year(self.year_start_month, self.year_start_day),
            calendar=calendar if self.observes_calendar else Calendar(),
            due_after=waits_for,
            due_field=field,
            sign_in=FirstSignIn(self.sign_in_within_days),
        )

    @property
    def _counted_from_field(self) -> DateField | None:
        """The field whose day the due date is counted from, as it is called now; one statement."""
        if not self.due_field:
            return None
        fields: Any = apps.get_model("people", "PersonField")
        name = fields.objects.filter(key=self.due_field).values_list("name", flat=True).first()
        return DateField(self.due_field, name or self.due_field)

    @property
    def _waits_for(self) -> Other | None:
        """The requirement whose completion the due date is counted from, as it is called now; one statement."""
        if self.due_after_id is None:
            return None
        title = Requirement.objects.filter(pk=self.due_after_id).values_list("title", flat=True).first()
        return Other(self.due_after_id, title or "")

    @property
    def rule(self) -> plan.Rule:
        """Who and when, in the engine's words."""
        return plan.Rule(self.terms, audience.parse(self.audience))

    @property
    def sets(self) -> tuple[CourseSet, ...]:
        """The sets of courses of which any one does, by the round from which on they are asked."""
        return sets_of(self.satisfiers)

    @property
    def ladder(self) -> Ladder:
        """The reminders."""
        return Ladder(tuple(self.remind_before), self.remind_after_every, self.remind_after_max)

    @property
    def escalation(self) -> tuple[Rung, ...]:
        """Who above a person is told that it is late, and when, the lowest rung first."""
        return rungs_of(self.rungs)

    @property
    def observes_calendar(self) -> bool:
        """Whether weekends and holidays matter to its dates."""
        return self.roll != Roll.NONE or self.due_unit == DueUnit.WORKING

    @property
    def is_draft(self) -> bool:
        """Whether it was never turned on."""
        return self.state == RequirementState.DRAFT

    @property
    def _recurs(self) -> Period | None:
        if self.recurs_months:
            return Period(months=self.recurs_months)
        return Period(days=self.recurs_days) if self.recurs_days else None


class Holiday(models.Model):
    """A day on which nobody works at this university. Weekends need no rows."""

    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["on"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"


class RequirementVersion(models.Model):
    """What a requirement said from a day on: a frozen copy, written when it is turned on and at each change.

    `at` is when it was written, `effective_on` the tenant's day from which on it holds: usually the same, another one
    where a change was agreed ahead. `approved_by` is who agreed to it, or `by` themself where one person may decide.
    Both are empty in versions of releases that did not ask.
    """

    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")
    effective_on = models.DateField(null=True)
    approved_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("requirement version")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.number}"


class RequirementPause(models.Model):
    """A stretch in which the requirement rests; due dates that fall into it move to after `resumes_on`."""

    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="pauses")
    starts_on = models.DateField()
    resumes_on = models.DateField(null=True)
    paused_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("pause")
        constraints = [
            models.UniqueConstraint(
                fields=["requirement"],
                name="requirement_one_open_pause",
                condition=Q(resumes_on__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(resumes_on__isnull=True) | Q(resumes_on__gte=F("starts_on")),
                name="requirement_pause_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}/{self.resumes_on or ''}"


class Individual(models.Model):
    """A person named by hand: meant from `starts_on` to `ends_on` whatever the rule says, or not meant.

    Append-only once the requirement was turned on: a trigger in the database lets the early end be written once, and
    nothing else. `ended_on` is the first day on which it no longer holds. No two of one person overlap (migration).
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="individuals")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side)
    reason = models.TextField(_("reason"))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("person named by hand")
        verbose_name_plural = _("people named by hand")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="individual_public_id_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="individual_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="individual_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False, ended_on__gte=F("starts_on")),
                name="individual_early_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id}: {self.side} {self.user_id}"

    @property
    def returns_on(self) -> date | None:
        """The first day on which it no longer holds; None: until further notice."""
        if self.ended_on is not None:
            return self.ended_on
        return None if self.ends_on is None else self.ends_on + timedelta(days=1)

    @property
    def named(self) -> Naming:
        """The naming in the engine's words."""
        return Naming(CoreSide(self.side), self.starts_on, self.returns_on, self.by.display_name, self.reason)


def working_calendar() -> Calendar:
    """Which days are worked at this university; one statement."""
    return Calendar(frozenset(Holiday.objects.values_list("on", flat=True)))


def _day_of_year(month: int | None, day: int | None) -> FixedDay | None:
    return None if month is None or day is None else FixedDay(month, day)
