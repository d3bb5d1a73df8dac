"""The rule builder as one form: who, what, when, messages. It knows shapes; the preview knows consequences."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core import audience
from compliance.core.audience import All, Departments, Everyone, Kinds, Not, OnLeave
from compliance.requirements import rules
from compliance.requirements.enums import ValidityAnchor
from compliance.requirements.models import Requirement
from lms.catalog import queries as catalog
from lms.people import queries as people
from lms.people.enums import AffiliationKind
from lms.ui.forms import CardLabel

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
)

MONTHS = (
    (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")), (5, _("May")), (6, _("June")),
    (7, _("July")), (8, _("August")), (9, _("September")), (10, _("October")), (11, _("November")),
    (12, _("December")),
)  # fmt: skip


class Unsayable(Exception):
    """The stored audience was not made with this form, which has no fields for it."""


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayList(forms.CharField):
    """Numbers of days, separated by commas: "30, 7, 1"."""

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return ", ".join(str(day) for day in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """A tuple of different days, the longest first."""
        words = [word.strip() for word in super().clean(value).split(",") if word.strip()]
        if not all(word.isascii() and word.isdigit() and 1 <= int(word) <= _YEAR_DAYS for word in words):
            raise forms.ValidationError(_("Write days as numbers between 1 and 366, for example 30, 7, 1."))
        return tuple(sorted({int(word) for word in words}, reverse=True))


class Builder(forms.Form):
    """Everything a person decides about a requirement."""

    title = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("What people see in their list, for example Phishing, yearly."),
    )
    course = forms.TypedChoiceField(label=_("Course"), coerce=int)
    purpose = forms.CharField(
        label=_("Why it is required"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Learners see this. Name the law or the policy."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Who"), choices=AffiliationKind.choices, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.MultipleChoiceField(
        label=_("Only in these departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all. A department includes those below it."),
    )
    not_departments = forms.MultipleChoiceField(
        label=_("But not in these departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    not_on_leave = forms.BooleanField(
        label=_("Leave out people while they are on leave"),
        required=False,
        help_text=_("Otherwise they keep it, paused, and their due date moves to after their return."),
    )
    starts_on = DayField(label=_("Starts on"), help_text=_("Nobody is asked before."))
    first_due_days = forms.IntegerField(
        label=_("First due, days"),
        min_value=0,
        max_value=_YEAR_DAYS,
        help_text=_("After joining or the start."),
    )
    recurs_months = forms.IntegerField(
        label=_("Repeat, months"),
        required=False,
        min_value=1,
        max_value=_TEN_YEARS,
        help_text=_("Empty means once."),
    )
    validity_anchor = forms.ChoiceField(
        label=_("Counted from"), choices=ANCHORS, widget=forms.RadioSelect, initial=ValidityAnchor.EXPIRY
    )
    fixed_month = forms.TypedChoiceField(
        label=_("Month"), choices=(("", "–"), *MONTHS), coerce=int, empty_value=None, required=False
    )
    fixed_day = forms.IntegerField(label=_("Day"), required=False, min_value=1, max_value=31)
    window_days = forms.IntegerField(
        label=_("Renewal opens, days before it expires"),
        min_value=0,
        max_value=_YEAR_DAYS,
        help_text=_("Who renews inside this window loses no time."),
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
        label=_("Shortest validity with a fixed day, months"),
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = [(row.id, row.title) for row in catalog.published_courses()]
        departments = [(row.code, row.name) for row in people.departments()]
        self.fields["course"].choices = [("", _("Choose a course")), *courses]  # type: ignore[attr-defined]
        for name in ("departments", "not_departments"):
            self.fields[name].choices = departments  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse terms that contradict themselves, at the field that can mend it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("validity_anchor") == ValidityAnchor.FIXED and cleaned.get("recurs_months"):
            self._check_fixed_day(cleaned)
        both = set(cleaned.get("departments", [])) & set(cleaned.get("not_departments", []))
        if both:
            self.add_error("not_departments", _("A department cannot be both meant and left out."))
        return cleaned

    @property
    def has_exceptions(self) -> bool:
        """Whether the part about departments and exceptions has something to show."""
        names = ("departments", "not_departments", "not_on_leave")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_date_errors(self) -> bool:
        """Whether one of the rarer date fields is wrong."""
        names = ("window_days", "grace_days", "return_days", "minimum_months", "credit_since")
        return any(self[name].errors for name in names)

    def definition(self) -> rules.Definition:
        """What was decided; only of a valid form."""
        data = dict(self.cleaned_data)
        if data["validity_anchor"] != ValidityAnchor.FIXED:
            data["fixed_month"] = data["fixed_day"] = None
        who = {name: data.pop(name) for name in ("kinds", "departments", "not_departments", "not_on_leave")}
        return rules.Definition(course_id=data.pop("course"), audience=audience.dump(_rule(**who)), **data)

    def _check_fixed_day(self, cleaned: dict[str, Any]) -> None:
        if cleaned["recurs_months"] % 12:
            self.add_error(
                "recurs_months", _("With a fixed day of the year, repeat every 12, 24 or 36 months.")
            )
        month, day = cleaned.get("fixed_month"), cleaned.get("fixed_day")
        try:
            date(2028, month or 0, day or 0)
        except ValueError:
            self.add_error("fixed_day", _("Choose a day and a month that exist together."))


def initial_of(requirement: Requirement) -> dict[str, Any]:
    """What the form shows for a requirement that exists."""
    values = rules.content_of(requirement)
    who = _fields_of(audience.parse(requirement.audience))
    return {**values, **who, "course": values["course_id"]}


def initial_for_new(today: date) -> dict[str, Any]:
    """All staff and faculty, within 30 days, again every 12 months: what most universities ask."""
    return {
        "kinds": ["staff", "faculty"],
        "starts_on": today,
        "first_due_days": 30,
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


def _rule(
    kinds: list[str], departments: list[str], not_departments: list[str], not_on_leave: bool
) -> audience.Rule:
    parts: list[audience.Rule] = [Kinds(tuple(kinds))]
    if departments:
        parts.append(Departments(tuple(departments)))
    if not_departments:
        parts.append(Not(Departments(tuple(not_departments))))
    if not_on_leave:
        parts.append(Not(OnLeave()))
    return All(tuple(parts))


def _fields_of(rule: audience.Rule) -> dict[str, Any]:
    """The rule as the form's fields. Raises Unsayable for one that the form has no fields for."""
    found: dict[str, Any] = {"departments": [], "not_departments": [], "not_on_leave": False}
    for part in rule.parts if isinstance(rule, All) else (rule,):
        match part:
            case Everyone():
                found["kinds"] = AffiliationKind.values
            case Kinds(kinds):
                found["kinds"] = list(kinds)
            case Departments(codes):
                found["departments"] = list(codes)
            case Not(Departments(codes)):
                found["not_departments"] = list(codes)
            case Not(OnLeave()):
                found["not_on_leave"] = True
            case _:
                raise Unsayable(type(part).__name__)
    return found
