"""What an officer says of an event after which training is asked for again; and the name of another system's key."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from compliance.oversight import queries
from compliance.records import queries as records
from compliance.records.enums import EventKind, EventReach
from lms.people import queries as people
from lms.ui import filters
from lms.ui.lines import several_text

MOST_LINES = 5000
SHOWN_FAULTS = 20


class EventForm(forms.Form):
    """What happened on which day, what has to be done again by when, and whom it concerns."""

    kind = forms.ChoiceField(label=_("What happened"), choices=EventKind.choices)
    title = forms.CharField(
        label=_("In a few words"),
        max_length=120,
        help_text=_(
            "People read it as the reason: “Phishing test of 3 March”. Leave out who did what wrong."
        ),
    )
    account = forms.CharField(
        label=_("More about it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the mail to everyone who is asked, and in the record for auditors."),
    )
    happened_on = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Whoever did the training on a later day is not asked again."),
    )
    requirement = forms.ChoiceField(label=_("What has to be done again"))
    days = forms.IntegerField(
        label=_("Days to do it"),
        min_value=1,
        max_value=366,
        initial=14,
        help_text=_("Counted from today. A due date never comes later because of it."),
    )
    reach = forms.ChoiceField(
        label=_("Whom it concerns"), choices=EventReach.choices, widget=forms.RadioSelect
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    listed = forms.CharField(
        label=_("List of people"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One e-mail address or employee ID on each line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(one.code, one.name) for one in people.departments()]
        for name, choices in (
            ("requirement", queries.requirement_choices()),
            ("department", [("", _("Choose")), *departments]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.user_ids: tuple[int, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Whom it concerns is said whole: each line of a list means exactly one person."""
        cleaned = super().clean() or {}
        reach = cleaned.get("reach")
        if reach == EventReach.DEPARTMENT and not cleaned.get("department"):
            self.add_error("department", _now("Choose the department."))
        if reach == EventReach.LISTED:
            self._read_list(cleaned.get("listed", ""))
        return cleaned

    def _read_list(self, text: str) -> None:
        lines = [
            (number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
        ]
        if not lines:
            self.add_error("listed", _now("List at least one person."))
            return
        if len(lines) > MOST_LINES:
            self.add_error(
                "listed", _now("%(most)s lines at most. Record it in parts.") % {"most": MOST_LINES}
            )
            return
        found = people.people_by_keys(line for _number, line in lines)
        faults = [
            _fault(number, line, len(found.get(line.lower(), ())))
            for number, line in lines
            if len(found.get(line.lower(), ())) != 1
        ]
        for fault in faults[:SHOWN_FAULTS]:
            self.add_error("listed", fault)
        if len(faults) > SHOWN_FAULTS:
            self.add_error("listed", _now("and %(n)s more lines") % {"n": len(faults) - SHOWN_FAULTS})
        if not faults:
            self.user_ids = tuple(dict.fromkeys(found[line.lower()][0].pk for _number, line in lines))

    def draft(self) -> records.Draft:
        """The event as the records take it. Only of a valid form."""
        given = self.cleaned_data
        is_department = given["reach"] == EventReach.DEPARTMENT
        return records.Draft(
            kind=given["kind"],
            title=" ".join(given["title"].split()),
            account=given["account"],
            happened_on=given["happened_on"],
            days=given["days"],
            reach=given["reach"],
            user_ids=self.user_ids,
            department_code=given["department"] if is_department else "",
        )


def prefilled(query: QueryDict, today: date) -> dict[str, Any]:
    """`?requirement=…&kind=…&title=…&on=2026-11-28`: what the form says at first; what does not fit is left out."""
    day = filters.Day("on", "").clean(query.get("on", ""))
    return {
        "requirement": query.get("requirement", ""),
        "kind": query.get("kind", ""),
        "title": query.get("title", "")[:120],
        "happened_on": day if day and day <= today else today,
    }


def _fault(number: int, line: str, count: int) -> str:
    facts = {"number": number, "line": line[:80]}
    if count:
        return _now("Line %(number)s: %(fault)s") % {"number": number, "fault": several_text(line)}
    return _now("Line %(number)s: nobody has the address or ID “%(line)s”.") % facts


class KeyForm(forms.Form):
    """Which system gets a key."""

    name = forms.CharField(
        label=_("Name of the system"),
        max_length=120,
        help_text=_("So that you know later which one to revoke: “Research cluster”, “VPN”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
