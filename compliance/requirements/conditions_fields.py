"""The condition that asks for a field of the university's own; what can be asked depends on the kind of the field."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.core import fields
from compliance.core.attributes import Attribute, OfAppointment
from compliance.core.fields import Field, FieldTest
from compliance.requirements.conditions_base import Choices, Fields, Lists, Picks
from lms.people.enums import FieldKind
from lms.ui.forms import one_line

_ANY: Choices = [
    (FieldTest.SET.value, gettext_lazy("has any value")),
    (FieldTest.NOT_SET.value, gettext_lazy("has none")),
]
TESTS: dict[str, Choices] = {
    FieldKind.CHOICE: [(FieldTest.ONE_OF.value, gettext_lazy("is one of these")), *_ANY],
    FieldKind.TEXT: [(FieldTest.ONE_OF.value, gettext_lazy("is one of these")), *_ANY],
    FieldKind.YES_NO: [
        (FieldTest.YES.value, gettext_lazy("is yes")),
        (FieldTest.NO.value, gettext_lazy("is no")),
        *_ANY,
    ],
    FieldKind.NUMBER: [
        (FieldTest.LESS.value, gettext_lazy("is less than …")),
        (FieldTest.AT_MOST.value, gettext_lazy("is … at most")),
        (FieldTest.EQUAL.value, gettext_lazy("is exactly …")),
        (FieldTest.AT_LEAST.value, gettext_lazy("is … at least")),
        (FieldTest.MORE.value, gettext_lazy("is more than …")),
        *_ANY,
    ],
    FieldKind.DATE: [
        (FieldTest.IN_LAST.value, gettext_lazy("was in the last … days")),
        (FieldTest.IN_NEXT.value, gettext_lazy("is in the next … days")),
        (FieldTest.BEFORE.value, gettext_lazy("is before …")),
        (FieldTest.AFTER.value, gettext_lazy("is after …")),
        *_ANY,
    ],
}
"""Kind of the field -> what can be asked of it."""


class LinesInput(forms.Textarea):
    """Several values in one box, a line each; also when they were sent one by one."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All of them."""
        return "\n".join(data.getlist(name)) if isinstance(data, MultiValueDict) else data.get(name)

    def format_value(self, value: Any) -> str | None:
        """A line each."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else super().format_value(value)


class FieldFields(Fields):
    """What is asked of the field `key`; a class of its own is made for each."""

    key: ClassVar[str] = ""

    test = forms.ChoiceField(label=gettext_lazy("What is asked"))

    def load(self, lists: Lists) -> None:
        """What can be asked of a field of this kind."""
        row = lists.person_fields.get(self.key)
        self.label = row.name if row else _("A field that is not here any more: %(key)s") % {"key": self.key}
        kind = row.kind if row else FieldKind.TEXT
        test = self.fields["test"]
        test.choices = TESTS[kind] if row else []  # type: ignore[attr-defined]
        if row is None:
            self.note = _("It was retired, or never was here. Remove this condition.")
            gone = _("This field is not here any more. Remove the condition.")
            test.error_messages |= {"required": gone, "invalid_choice": gone}
        elif kind == FieldKind.CHOICE:
            picks = Picks(label=_("Values"), required=False)
            self.fields["words"] = picks
            picks.offer([(word, word) for word in row.choices], self.chosen("words"))
        elif kind != FieldKind.YES_NO:
            self.fields.update(_inputs(kind))

    def clean(self) -> dict[str, Any]:
        """What the test is held against is there."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "test" not in cleaned:
            return cleaned
        part = fields.needs(FieldTest(cleaned["test"]))
        if part and part not in self.errors and cleaned.get(part) in (None, "", []):
            self.add_error(part, _("This is needed for what you chose."))
        return cleaned

    def clean_words(self) -> list[str]:
        """Each once; none longer than a value may be."""
        found = self.cleaned_data["words"]
        lines = found.splitlines() if isinstance(found, str) else found
        words = list(dict.fromkeys(one_line(line) for line in lines if line.strip()))
        if len(words) > fields.MOST_WORDS or any(len(word) > 200 for word in words):
            raise ValidationError(
                _("At most %(most)d values of 200 characters each.") % {"most": fields.MOST_WORDS}
            )
        return words

    def rule(self) -> Field:
        """That test of the field."""
        test = FieldTest(self.cleaned_data["test"])
        part = fields.needs(test)
        against = self.cleaned_data[part] if part else None
        if isinstance(against, Decimal):
            against += 0  # there is no zero below zero
        return Field(self.key, test, tuple(against) if isinstance(against, list) else against)

    @classmethod
    def values(cls, rule: Field) -> dict[str, Any]:
        """What is asked, and against what."""
        part, against = fields.needs(rule.test), rule.against
        said: dict[str, Any] = {"test": rule.test.value}
        if isinstance(against, tuple):
            said["words"] = list(against)
        elif part:
            said[part] = str(against) if isinstance(against, int) else fields.spelt(against)
        return said


_SPELT = gettext_lazy("One a line, spelt exactly as it stands in the appointment.")


class AttributeFields(FieldFields):
    """What is asked of the appointment itself, as it is of a field."""

    def load(self, lists: Lists) -> None:
        """Always the same."""
        kind = FieldKind.TEXT if Attribute(self.key) is Attribute.TITLE else FieldKind.NUMBER
        self.fields["test"].choices = TESTS[kind]  # type: ignore[attr-defined]
        self.fields.update(_inputs(kind))
        if kind == FieldKind.TEXT:
            self.fields["words"].help_text = str(_SPELT)

    def rule(self) -> OfAppointment:  # type: ignore[override]
        """That test of the appointment."""
        return OfAppointment(super().rule())

    @classmethod
    def values(cls, rule: OfAppointment) -> dict[str, Any]:  # type: ignore[override]
        """What is asked, and against what."""
        return super().values(rule.asked)


class TitleFields(AttributeFields):
    """Job titles."""

    key = Attribute.TITLE.value


class WorkingTimeFields(AttributeFields):
    """Shares of full working time."""

    key = Attribute.WORKING_TIME.value
    note = gettext_lazy("In percent of full time, as it stands in the appointment.")


def _inputs(kind: str) -> dict[str, forms.Field]:
    if kind == FieldKind.TEXT:
        help_text = _("One a line, spelt exactly as it stands on the person.")
        return {
            "words": forms.CharField(
                label=_("Values"),
                required=False,
                max_length=25_000,
                widget=LinesInput(attrs={"rows": 3}),
                help_text=help_text,
            )
        }
    if kind == FieldKind.NUMBER:
        number = forms.DecimalField(
            label=_("Number"), required=False, max_digits=16, decimal_places=fields.PLACES
        )
        return {"number": number}
    return {
        "days": forms.IntegerField(
            label=_("Days"),
            required=False,
            min_value=0,
            max_value=fields.MOST_DAYS,
            help_text=_(
                "Only for “in the last” and “in the next”. Afterwards the rule no longer means them."
            ),
        ),
        "day": forms.DateField(
            label=_("Day"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("Only for “before” and “after”. The day itself does not count."),
        ),
    }
