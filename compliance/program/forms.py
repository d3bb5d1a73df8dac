"""A duty, what became of a round, and the filters of the list, as they are typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from compliance.program import actions
from compliance.program.models import Duty
from compliance.requirements import queries as requirements
from lms.people import queries as people
from lms.ui import filters
from lms.ui.forms import CardLabel, DayField, DayList


class _Text(forms.CharField):
    """Some sentences."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **fields: Any) -> None:
        super().__init__(**({"max_length": 5000} | fields))


class _Person(forms.EmailField):
    """Somebody who is active here, by address; the value is the person or None."""

    def clean(self, value: Any) -> Any:
        """Find them."""
        address = super().clean(value)
        if not address:
            return None
        found = people.person_by_email(address)
        if found is None or not found.is_active:
            raise forms.ValidationError(_("Nobody who is active here has this address."))
        return found


class DutyForm(forms.Form):
    """Everything that is decided about a duty."""

    title = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("For example: Yearly review of the program.")
    )
    task = _Text(
        label=_("What is to be done"),
        help_text=_("So that whoever takes over knows. It stands in each reminder."),
    )
    owner = _Person(
        label=_("Owner, e-mail address"),
        required=False,
        help_text=_("Who does it, is reminded and records it. They need no other rights here."),
    )
    deputy = _Person(
        label=_("Deputy, e-mail address"),
        required=False,
        help_text=_("May do it too; reminded when it is overdue, or the owner has left."),
    )
    first_due_on = DayField(label=_("First due"), required=False)
    repeats_months = forms.IntegerField(
        label=_("Then every, months"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("Counted from the first due date, whenever it was done. Empty: once only."),
    )
    needs_evidence = forms.BooleanField(
        label=_("Evidence is asked for"),
        required=False,
        help_text=_("Whoever records it has to say where minutes, report or signature lie."),
    )
    remind_before = DayList(
        label=_("Reminders before, days"), required=False, max_length=40, help_text=_("For example 30, 7, 1.")
    )
    remind_every = forms.IntegerField(
        label=_("Then every, days"),
        min_value=0,
        max_value=90,
        help_text=_("While it is overdue. 0: never; deputy and compliance officers still hear of it once."),
    )
    remind_max = forms.IntegerField(label=_("At most so often"), min_value=0, max_value=52)

    def __init__(self, *args: Any, cited: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = cited
        for pack, controls in requirements.programme_packs():
            self.fields[_field_of(pack.key)] = forms.MultipleChoiceField(
                label=pack.name,
                required=False,
                choices=[(each.id, CardLabel(f"{each.id} {each.title}", each.asks)) for each in controls],
                widget=forms.CheckboxSelectMultiple,
                initial=[row["control"] for row in cited if row["pack"] == pack.key],
            )

    def pack_fields(self) -> list[Mapping[str, Any]]:
        """Each pack's field with how many of its controls are chosen."""
        fields = (self[_field_of(pack.key)] for pack, _controls in requirements.programme_packs())
        return [{"field": field, "count": len(field.value() or ())} for field in fields]

    def plan(self) -> actions.Plan:
        """What was decided; only of a valid form. What a pack does not offer any more stays as it was cited."""
        values = {name: value for name, value in self.cleaned_data.items() if not name.startswith("pack-")}
        offered = {
            (pack.key, each.id) for pack, controls in requirements.programme_packs() for each in controls
        }
        rows = [row for row in self.kept if (row["pack"], row["control"]) not in offered]
        for pack, controls in requirements.programme_packs():
            chosen = self.cleaned_data[_field_of(pack.key)]
            rows += [requirements.citation(pack, each) for each in controls if each.id in chosen]
        return actions.Plan(**values, authorities=tuple(rows))


class DoneForm(forms.Form):
    """What was done, when, and where that can be seen."""

    done_on = DayField(label=_("Done on"))
    statement = _Text(
        label=_("What was found or decided"),
        help_text=_("In sentences an auditor understands: what was looked at, what changes, by when."),
    )
    evidence_note = _Text(
        label=_("Where the evidence lies"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Minutes, report or signature: file number, folder or address."),
    )

    def __init__(self, *args: Any, needs_evidence: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence_note"].required = needs_evidence


class ReasonForm(forms.Form):
    """Why."""

    reason = _Text(label=_("Why"), help_text=_("It stays on record."), max_length=2000)


class CorrectionForm(ReasonForm):
    """What should have stood there, or that it was not done after all."""

    KINDS = (
        (
            "words",
            CardLabel(_("Other words"), _("It was done; statement or evidence were wrong or incomplete.")),
        ),
        ("reopen", CardLabel(_("It was not done"), _("It is asked for again, with the same due date."))),
    )
    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=KINDS, widget=forms.RadioSelect, initial="words"
    )
    statement = _Text(label=_("What was found or decided"), required=False)
    evidence_note = _Text(
        label=_("Where the evidence lies"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("kind", "statement", "evidence_note", "reason")

    def clean(self) -> dict[str, Any]:
        """Other words are words."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == "words" and not cleaned.get("statement"):
            self.add_error("statement", _("Write what should have stood there."))
        return cleaned


def of_duty(duty: Duty) -> dict[str, Any]:
    """What the form of a duty begins with."""
    names = (
        "title",
        "task",
        "first_due_on",
        "repeats_months",
        "needs_evidence",
        "remind_before",
        "remind_every",
    )
    people_in = {
        "owner": duty.owner.email if duty.owner else "",
        "deputy": duty.deputy.email if duty.deputy else "",
    }
    return {name: getattr(duty, name) for name in (*names, "remind_max")} | people_in


def list_filters(query: QueryDict) -> filters.FilterSet:
    """`?q=…&show=…`: which duties are listed."""
    return filters.FilterSet(
        query,
        [
            filters.Search("q", _("Name or owner")),
            filters.Choice("show", _("Show"), SHOWN, any_label=_("All but retired ones")),
        ],
    )


SHOWN = [
    ("open", _("To be done")),
    ("overdue", _("Overdue")),
    ("done", _("Done, nothing open")),
    ("unowned", _("Without an owner")),
    ("draft", _("Drafts")),
    ("retired", _("Retired")),
]


def _field_of(key: str) -> str:
    return f"pack-{key}"
