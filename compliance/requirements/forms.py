"""The rule builder as one form: who, what, when, messages. It knows shapes; the preview knows consequences."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.core import audience
from compliance.core.audience import All, Departments, Everyone, Kinds, Not, OnLeave
from compliance.requirements import rules
from compliance.requirements.enums import DueFrom, DueUnit, Roll, ValidityAnchor
from compliance.requirements.models import Holiday, Requirement
from lms.catalog import queries as catalog
from lms.people import queries as people
from lms.people.enums import AffiliationKind
from lms.ui.forms import CardLabel

_YEAR_DAYS = 366
_TEN_YEARS = 120
_HOLIDAYS = 1000
_NAME = 100
_ERRORS = 10

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
_CONDITIONAL = ("due_on", "fixed_day", "fixed_month", "year_start_day", "year_start_month")
_BY_CALENDAR = {ValidityAnchor.FIXED, ValidityAnchor.YEAR}


class Unsayable(Exception):
    """The stored audience was not made with this form, which has no fields for it."""


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Chosen(forms.ChoiceField):
    """A choice whose initial one is meant when nothing is sent."""

    def clean(self, value: Any) -> Any:
        """The value chosen, or the initial one."""
        return super().clean(value or self.initial)


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
        help_text=_("Who renews inside this window loses no time. By fiscal years it opens with the year."),
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = [(row.id, row.title) for row in catalog.published_courses()]
        departments = [(row.code, row.name) for row in people.departments()]
        self.fields["course"].choices = [("", _("Choose a course")), *courses]  # type: ignore[attr-defined]
        for name in ("departments", "not_departments"):
            self.fields[name].choices = departments  # type: ignore[attr-defined]
        for name in _CONDITIONAL:
            self.fields[name].is_conditional = True  # type: ignore[attr-defined]

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
        who = {name: data.pop(name) for name in ("kinds", "departments", "not_departments", "not_on_leave")}
        return rules.Definition(course_id=data.pop("course"), audience=audience.dump(_rule(**who)), **data)

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


class DayLines(forms.CharField):
    """Days with names, one a line: "2026-12-25, Christmas Day"."""

    widget = forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        """Names by day. Says which lines are wrong, all at once."""
        found: dict[date, str] = {}
        wrong: list[str] = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            if not line.strip():
                continue
            day, _comma, name = line.partition(next((mark for mark in "\t;," if mark in line), ","))
            try:
                on = date.fromisoformat(day.strip())
            except ValueError:
                wrong.append(_("Line %(n)d does not begin with a date such as 2026-12-25.") % {"n": number})
                continue
            if on in found:
                wrong.append(_("Line %(n)d repeats a day of a line above.") % {"n": number})
            found[on] = name.strip(' \t"')[:_NAME] or on.isoformat()
        if wrong:
            raise forms.ValidationError(wrong[:_ERRORS])
        if len(found) > _HOLIDAYS:
            raise forms.ValidationError(
                _("That is more than 1,000 days. Leave out years that are long past.")
            )
        return found


class Holidays(forms.Form):
    """The whole list; what is not in it is a working day, or a weekend."""

    days = DayLines(
        label=_("Holidays"),
        required=False,
        max_length=100_000,
        help_text=_("One a line: the date, a comma, the name. 2026-12-25, Christmas Day"),
    )

    @classmethod
    def showing(cls, holidays: Iterable[Holiday]) -> "Holidays":
        """The form with the list as it is."""
        return cls(initial={"days": "\n".join(f"{each.on.isoformat()}, {each.name}" for each in holidays)})


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
