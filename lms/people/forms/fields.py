"""Forms about fields of the university's own, and about what they say of one person."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.enums import FieldKind
from lms.people.forms.persons import DateInput, DayField, NameField
from lms.people.models import PersonField
from lms.people.queries import Answer
from lms.people.rules import spelt_value
from lms.ui.forms import CardLabel, one_line

MOST_CHOICES = 100
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_UNKNOWN = "unknown"
_KINDS = [
    (FieldKind.CHOICE, gettext_lazy("Such as: none, confidential, secret.")),
    (FieldKind.YES_NO, gettext_lazy("Such as: handles card data.")),
    (FieldKind.DATE, gettext_lazy("Such as: medical checked on. Rules can count from it.")),
    (FieldKind.NUMBER, gettext_lazy("Such as: teaching hours.")),
    (FieldKind.TEXT, gettext_lazy("Such as: building. Rules compare it letter by letter.")),
]


class FieldForm(forms.Form):
    """What a field is called and is for; its key and kind only while it is new, retiring it only later."""

    name = NameField(label=gettext_lazy("Name"), max_length=100)
    key = NameField(
        label=gettext_lazy("Key"),
        max_length=40,
        help_text=gettext_lazy(
            "Short, such as clearance. Rules and rosters find the field by it; it stays for good."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[(kind.value, CardLabel(kind.label, example)) for kind, example in _KINDS],
        initial=FieldKind.CHOICE.value,
        widget=forms.RadioSelect,
    )
    choices = forms.CharField(
        label=gettext_lazy("The list"),
        required=False,
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Only for “one of a list”: one value a line, at most 100."),
    )
    purpose = NameField(
        label=gettext_lazy("What for"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Why you keep it. Whoever fills it in reads this."),
    )
    is_retired = forms.BooleanField(
        label=gettext_lazy("Retired"),
        required=False,
        help_text=gettext_lazy("Nobody is asked for it any more. What it said stays on record."),
    )

    def __init__(self, *args: Any, field: PersonField | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = field.kind if field else ""
        for name in ("is_retired",) if field is None else ("key", "kind"):
            del self.fields[name]
        if field is not None and field.kind != FieldKind.CHOICE:
            del self.fields["choices"]

    def clean_key(self) -> str:
        """In small letters, as it is kept."""
        key = str(self.cleaned_data["key"]).lower()
        if not _KEY.fullmatch(key):
            raise forms.ValidationError(
                _("A key begins with a letter from a to z and goes on with such letters, digits, - and _.")
            )
        return key

    def clean_choices(self) -> list[str]:
        """Each value once, in the order given."""
        lines = self.cleaned_data["choices"].splitlines()
        words = list(dict.fromkeys(one_line(line) for line in lines if line.strip()))
        if len(words) > MOST_CHOICES:
            text = _("These are %(count)d values. A list has %(most)d at most.")
            raise forms.ValidationError(text % {"count": len(words), "most": MOST_CHOICES})
        for word in words:
            if len(word) > 100 or not word.isprintable():
                raise forms.ValidationError(
                    _("“%(word)s” is longer than 100 characters, or has an invisible one in it.")
                    % {"word": word[:40]}
                )
        return words

    def clean(self) -> dict[str, Any]:
        """A list where one is chosen from, and only there."""
        cleaned = super().clean() or {}
        is_choice = (self._kind or cleaned.get("kind")) == FieldKind.CHOICE
        if is_choice and "choices" not in self.errors and not cleaned.get("choices"):
            self.add_error("choices", _("Type at least one value."))
        if not is_choice and "choices" not in self.errors:
            cleaned["choices"] = []
        return cleaned


class FieldValues(forms.Form):
    """What the fields in use say of one person from a day on."""

    since = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy(
            "What you change holds from this day on. A day past restates what was known of the days since."
        ),
    )

    def __init__(self, data: Any = None, *, answers: Sequence[Answer], since: dt.date) -> None:
        self._answers = answers
        initial = {_name(each.field): _initial(each) for each in answers}
        super().__init__(data, initial={"since": since, **initial})
        inputs = {_name(each.field): _input(each.field, each.value) for each in answers}
        self.fields = {**inputs, "since": self.fields["since"]}

    def changed(self) -> dict[int, str | bool | Decimal | dt.date | None]:
        """Field id -> new value, None for none; only those that differ from what holds today, of a valid form."""
        found = {}
        for each in self._answers:
            value = _value(each.field, self.cleaned_data[_name(each.field)])
            if value != each.value:
                found[each.field.pk] = value
        return found


def _name(field: PersonField) -> str:
    return f"field-{field.key}"


def _initial(answer: Answer) -> Any:
    said = spelt_value(answer.value)
    match answer.field.kind:
        case FieldKind.YES_NO:
            return said or _UNKNOWN
        case FieldKind.CHOICE:
            return f"is:{said}" if said else _UNKNOWN
        case FieldKind.NUMBER:
            return said
        case _:
            return answer.value


def _input(field: PersonField, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": field.name, "help_text": field.purpose, "required": False}
    match field.kind:
        case FieldKind.CHOICE:
            words = list(dict.fromkeys([*field.choices, *([value] if isinstance(value, str) else [])]))
            offered = [(_UNKNOWN, _("Not known")), *((f"is:{word}", word) for word in words)]
            return forms.ChoiceField(choices=offered, **common)
        case FieldKind.YES_NO:
            choices = [(_UNKNOWN, _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=choices, **common)
        case FieldKind.DATE:
            return _DayField(widget=DateInput(), **common)
        case FieldKind.NUMBER:
            return forms.DecimalField(max_digits=16, decimal_places=4, **common)
        case _:
            return NameField(max_length=200, **common)


class _DayField(forms.DateField):
    """A day that a calendar of this world has."""

    def clean(self, value: Any) -> Any:
        """Within the years that a field may name."""
        day = super().clean(value)
        if day is not None and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(_("Choose a day between 1900 and 2200."))
        return day


def _value(field: PersonField, cleaned: Any) -> Any:
    if field.kind == FieldKind.YES_NO:
        return {"yes": True, "no": False}.get(cleaned)
    if field.kind == FieldKind.CHOICE:
        return None if cleaned in ("", _UNKNOWN) else cleaned.removeprefix("is:")
    return None if cleaned in ("", None) else cleaned
