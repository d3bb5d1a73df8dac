"""The rule builder as one form: who, what, when, messages. It knows shapes; the preview knows consequences."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core import audience
from compliance.core.audience import All, Kinds
from compliance.requirements import queries, rules
from compliance.requirements.enums import DueFrom, DueUnit, Roll, ValidityAnchor
from compliance.requirements.forms_audience import Who
from compliance.requirements.forms_courses import Courses, initial_sets
from compliance.requirements.forms_rungs import Rungs, initial_rungs
from compliance.requirements.models import Requirement
from lms.ui.forms import CardLabel, DayField, DayList

_YEAR_DAYS = 366
_TEN_YEARS = 120

ANCHORS = (
    (
        ValidityAnchor.EXPIRY,
        CardLabel(
            _("The previous expiry"),
            _("Valid to 30 Jun 2027, renewed on 10 May 2027: valid to 30 Jun 2028. The anniversary is kept."),
        ),
    ),
    (
        ValidityAnchor.COMPLETION,
        CardLabel(
            _("The day of completion"),
            _("Valid to 30 Jun 2027, renewed on 10 May 2027: valid to 10 May 2028."),
        ),
    ),
    (
        ValidityAnchor.FIXED,
        CardLabel(
            _("A fixed day of the year"),
            _("Everybody is due on the same day, whenever they did it last. Choose the day below."),
        ),
    ),
    (
        ValidityAnchor.YEAR,
        CardLabel(
            _("Once in each fiscal or academic year"),
            _("Whoever does it in a year is done for that year, and due again by the due day of the next."),
        ),
    ),
    (
        ValidityAnchor.MONTH_END,
        CardLabel(
            _("The end of the month"),
            _("Done on 10 June 2026: valid to 30 June 2027. Renewed in time, to 30 June 2028."),
        ),
    ),
)

MONTHS = (
    (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")), (5, _("May")), (6, _("June")),
    (7, _("July")), (8, _("August")), (9, _("September")), (10, _("October")), (11, _("November")),
    (12, _("December")),
)  # fmt: skip


# Asked for by one choice only, and then not optional.
_CONDITIONAL = (
    "due_on", "due_after_id", "due_field", "fixed_day", "fixed_month", "year_start_day", "year_start_month",
)  # fmt: skip
_BY_CALENDAR = {ValidityAnchor.FIXED, ValidityAnchor.YEAR}


class Chosen(forms.ChoiceField):
    """A choice whose initial one is meant when nothing is sent."""

    def clean(self, value: Any) -> Any:
        """The value chosen, or the initial one."""
        return super().clean(value or self.initial)


class Builder(Courses, Rungs):
    """Everything a person decides about a requirement."""

    title = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("What people see in their list, for example Phishing, yearly."),
    )
    purpose = forms.CharField(
        label=_("Why it is required"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Learners see this. Name the law or the policy."),
    )
    starts_on = DayField(label=_("Starts on"), help_text=_("Nobody is asked before."))
    first_due_days = forms.IntegerField(
        label=_("First due, days"),
        min_value=0,
        max_value=_YEAR_DAYS,
        help_text=_("After the day chosen below, or at least that many."),
    )
    due_unit = Chosen(label=_("Counted in"), choices=DueUnit.choices, initial=DueUnit.DAYS)
    due_from = Chosen(
        label=_("First due, counted from"),
        choices=DueFrom.choices,
        initial=DueFrom.APPOINTMENT,
        help_text=_("Never from before the start. Whoever is reached too late has these days from then on."),
    )
    due_on = DayField(
        label=_("The date"), required=False, help_text=_("Whoever joins later has at least the days above.")
    )
    due_after_id = forms.TypedChoiceField(
        label=_("The other requirement"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "Until somebody has completed it, this one has no due date for them: it counts as not done, but nobody is "
            "late or reminded."
        ),
    )
    due_field = forms.ChoiceField(
        label=_("The field"),
        required=False,
        help_text=_(
            "Only fields that name a day. Until it names one for somebody, this requirement has no due date for them: "
            "it counts as not done, but nobody is late or reminded."
        ),
        error_messages={"invalid_choice": _("Choose a field that names a day.")},
    )
    sign_in_within_days = forms.IntegerField(
        label=_("Wait for it at most, days"),
        required=False,
        min_value=1,
        max_value=_YEAR_DAYS,
        help_text=_(
            "Until somebody first signs in, this requirement has no due date for them: it counts as not done, but "
            "nobody is late or reminded. Whoever has not signed in so many days after it reached them is counted from "
            "then, so that nobody gets around it. Empty: it waits without an end."
        ),
    )
    roll = Chosen(label=_("A due date on a weekend or holiday"), choices=Roll.choices, initial=Roll.NONE)
    recurs_months = forms.IntegerField(
        label=_("Repeat, months"),
        required=False,
        min_value=1,
        max_value=_TEN_YEARS,
        help_text=_("Empty means once."),
    )
    validity_anchor = forms.ChoiceField(
        label=_("Again, counted from"),
        choices=ANCHORS,
        widget=forms.RadioSelect,
        initial=ValidityAnchor.EXPIRY,
    )
    fixed_month = forms.TypedChoiceField(
        label=_("Month"), choices=(("", "–"), *MONTHS), coerce=int, empty_value=None, required=False
    )
    fixed_day = forms.IntegerField(label=_("Due on day"), required=False, min_value=1, max_value=31)
    year_start_month = forms.TypedChoiceField(
        label=_("Month"), choices=(("", "–"), *MONTHS), coerce=int, empty_value=None, required=False
    )
    year_start_day = forms.IntegerField(
        label=_("The year begins on day"), required=False, min_value=1, max_value=31
    )
    window_days = forms.IntegerField(
        label=_("Renewal opens, days before it expires"),
        min_value=0,
        max_value=_YEAR_DAYS,
        help_text=_(
            "Who renews inside this window loses no time; a pass before it renews nothing. By fiscal years it opens "
            "with the year."
        ),
    )
    grace_days = forms.IntegerField(
        label=_("Grace after the due date, days"), min_value=0, max_value=_YEAR_DAYS
    )
    return_days = forms.IntegerField(
        label=_("Days after a leave"),
        min_value=0,
        max_value=_YEAR_DAYS,
        help_text=_("A due date that falls into a leave moves to this many days after the return."),
    )
    minimum_months = forms.IntegerField(
        label=_("Shortest validity with a due day of the year, months"),
        min_value=0,
        max_value=_TEN_YEARS,
        help_text=_("Who completed it less than this before the fixed day is not asked again that year."),
    )
    credit_since = DayField(
        label=_("Earlier completions count since"),
        required=False,
        help_text=_("Empty: every completion counts that would still be valid."),
    )
    remind_before = DayList(
        label=_("Days before"),
        required=False,
        help_text=_("And on the day itself."),
    )
    remind_after_every = forms.IntegerField(
        label=_("Then every, days"), min_value=0, max_value=90, help_text=_("0 means never.")
    )
    remind_after_max = forms.IntegerField(
        label=_("At most, times"), min_value=0, max_value=52, help_text=_("Then they stop.")
    )

    def __init__(self, *args: Any, own_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own_id = own_id
        others: Any = self.fields["due_after_id"]
        others.choices = [("", _("Choose a requirement")), *queries.to_wait_for(own_id)]
        fields: Any = self.fields["due_field"]
        held = self.data.get("due_field", "") if self.is_bound else self.initial.get("due_field", "")
        offered = queries.fields_to_count_from(held)
        none = _("Choose a field") if offered else _("No field names a day yet; add one under People")
        fields.choices = [("", none), *offered]
        for name in _CONDITIONAL:
            self.fields[name].is_conditional = True  # type: ignore[attr-defined]
        self.who = Who.sent(self.data) if self.is_bound else Who.stored(self.initial["audience"])

    def is_valid(self) -> bool:
        """Whether everything is, the rule too; both are looked at, so that all that is wrong is said at once."""
        return all([super().is_valid(), self.who.is_valid()])

    def leave_unchecked(self) -> "Builder":
        """Show what was typed without finding fault with what is not finished yet."""
        self._errors = forms.utils.ErrorDict()
        self.who.leave_unchecked()
        return self

    def every_form(self) -> list[forms.Form]:
        """The form and those of its conditions, for the list of what is wrong."""
        return [self, *self.who.forms]

    def clean(self) -> dict[str, Any]:
        """Refuse terms that contradict themselves, at the field that can mend it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("validity_anchor") in _BY_CALENDAR and cleaned.get("recurs_months"):
            self._check_fixed_day(cleaned)
        elif cleaned.get("due_from") == DueFrom.CALENDAR:
            self.add_error(
                "due_from", _("That needs a fixed day of the year, or a fiscal year, to be repeated by.")
            )
        if cleaned.get("due_from") == DueFrom.FIXED and not cleaned.get("due_on"):
            self.add_error("due_on", _("Choose the date that everybody is due on."))
        if cleaned.get("due_from") == DueFrom.COMPLETION and "due_after_id" not in self.errors:
            other = cleaned.get("due_after_id")
            if other is None:
                self.add_error(
                    "due_after_id", _("Choose the requirement whose completion it is counted from.")
                )
            elif fault := rules.waiting_fault(self._own_id, other):
                self.add_error("due_after_id", fault)
        if cleaned.get("due_from") == DueFrom.FIELD and "due_field" not in self.errors:
            key = cleaned.get("due_field")
            if not key:
                self.add_error("due_field", _("Choose the field whose day it is counted from."))
            elif fault := rules.field_fault(key):
                self.add_error("due_field", fault)
        self.who.is_valid()
        for text in self.who.all_faults():
            self.add_error(None, text)
        return cleaned

    @property
    def has_date_errors(self) -> bool:
        """Whether one of the rarer date fields is wrong."""
        names = ("roll", "window_days", "grace_days", "return_days", "minimum_months", "credit_since")
        return any(self[name].errors for name in names)

    def definition(self) -> rules.Definition:
        """What was decided; only of a valid form."""
        data = dict(self.cleaned_data)
        if data["validity_anchor"] not in _BY_CALENDAR:
            data["fixed_month"] = data["fixed_day"] = None
        if data["validity_anchor"] != ValidityAnchor.YEAR:
            data["year_start_month"] = data["year_start_day"] = None
        if data["due_from"] != DueFrom.FIXED:
            data["due_on"] = None
        if data["due_from"] != DueFrom.COMPLETION:
            data["due_after_id"] = None
        if data["due_from"] != DueFrom.FIELD:
            data["due_field"] = ""
        if data["due_from"] != DueFrom.SIGN_IN:
            data["sign_in_within_days"] = None
        who, sets, rungs = audience.dump(self.who.rule()), self.take_sets(data), self.take_rungs(data)
        return rules.Definition(satisfiers=sets, audience=who, rungs=rungs, **data)

    def _check_fixed_day(self, cleaned: dict[str, Any]) -> None:
        if cleaned["recurs_months"] % 12:
            self.add_error("recurs_months", _("With a day of the year, repeat every 12, 24 or 36 months."))
        self._check_day(cleaned, "fixed", 2028)
        if cleaned["validity_anchor"] == ValidityAnchor.YEAR:
            self._check_day(cleaned, "year_start", 2027)

    def _check_day(self, cleaned: dict[str, Any], name: str, year: int) -> None:
        """Whether `year` has that day; 2027 has no 29 February, and no fiscal year begins on one."""
        try:
            date(year, cleaned.get(f"{name}_month") or 0, cleaned.get(f"{name}_day") or 0)
        except ValueError:
            self.add_error(f"{name}_day", _("Choose a day and a month that exist together."))


def initial_of(requirement: Requirement) -> dict[str, Any]:
    """What the form shows for a requirement that exists."""
    values = rules.content_of(requirement)
    return {**values, **initial_sets(requirement.sets), **initial_rungs(requirement.rungs)}


def initial_for_new(today: date) -> dict[str, Any]:
    """All staff and faculty, within 30 days, again every 12 months: what most universities ask."""
    return {
        "audience": audience.dump(All((Kinds(("staff", "faculty")),))),
        "starts_on": today,
        "first_due_days": 30,
        "due_from": DueFrom.APPOINTMENT,
        "due_unit": DueUnit.DAYS,
        "roll": Roll.NONE,
        "recurs_months": 12,
        "validity_anchor": ValidityAnchor.EXPIRY,
        "window_days": 60,
        "grace_days": 0,
        "return_days": 14,
        "minimum_months": 0,
        "remind_before": [30, 7, 1],
        "remind_after_every": 7,
        "remind_after_max": 6,
    }
