"""The condition that asks whom somebody reports to: people are typed as everywhere, and kept by their stable keys."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.core.attributes import MOST_MANAGERS, Attribute, is_key
from compliance.core.fields import FieldTest
from compliance.requirements.conditions_base import Choices, Lists
from compliance.requirements.conditions_fields import AttributeFields, LinesInput
from compliance.requirements.queries.field_words import GONE
from lms.people import queries as people
from lms.ui.lines import numbered, several_text, told

_TESTS: Choices = [
    (FieldTest.ONE_OF.value, gettext_lazy("is one of these")),
    (FieldTest.SET.value, gettext_lazy("is somebody, whoever it is")),
    (FieldTest.NOT_SET.value, gettext_lazy("is nobody")),
]


class ManagerFields(AttributeFields):
    """Who the manager is: people by address or employee ID, anybody, or nobody."""

    key = Attribute.MANAGER.value
    note = gettext_lazy(
        "Whom they report to in the appointment, whether that person still works here or not."
    )

    def load(self, lists: Lists) -> None:
        """What can be asked; people who were chosen before stand there by their address."""
        self.fields["test"].choices = _TESTS  # type: ignore[attr-defined]
        self.fields["words"] = forms.CharField(
            label=_("People"),
            required=False,
            max_length=8_000,
            widget=LinesInput(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
            help_text=_(
                "Only for “is one of these”. One person a line: e-mail address or employee ID. At most %(most)d."
            )
            % {"most": MOST_MANAGERS},
        )
        if self.is_bound and isinstance(self.data, MultiValueDict):
            name = self.add_prefix("words")
            self.data = self.data.copy()
            self.data.setlist(name, _shown(self.data.getlist(name)))
        elif not self.is_bound:
            self.initial = {**self.initial, "words": _shown(self.initial.get("words", []))}

    def clean_words(self) -> list[str]:
        """The keys of the people, each once; none where nobody is asked for by name."""
        if self.cleaned_data.get("test") != FieldTest.ONE_OF:
            return []
        lines = numbered(self.cleaned_data["words"])
        if len(lines) > MOST_MANAGERS:
            text = _("These are %(count)d lines. At most %(most)d people can be named here.")
            raise ValidationError(text % {"count": len(lines), "most": MOST_MANAGERS})
        words = [word for _number, word in lines]
        known = people.people_by_keys(words)
        known |= {key: [person] for key, person in people.people_by_public_ids(filter(is_key, words)).items()}
        faults = []
        keys = []
        for number, word in lines:
            found = known.get(word.lower(), [])
            if len(found) == 1:
                keys.append(str(found[0].public_id))
                continue
            fault = several_text(word) if found else _nobody_text(word)
            faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": fault})
        if faults:
            raise ValidationError(told(faults))
        return list(dict.fromkeys(keys))


def _nobody_text(word: str) -> str:
    if is_key(word):
        return _("This person is not here any more. Take the line out, or name somebody else instead.")
    return _("Nobody here has the address or employee ID %(word)s.") % {"word": word[:100]}


def _shown(lines: Any) -> list[str]:
    """The lines with the addresses of people in place of their keys."""
    texts = [str(line) for line in lines]
    keys = {text for text in texts if is_key(text)}
    known = people.people_by_public_ids(keys) if keys else {}
    gone = {key: f"{GONE} <{key}>" for key in keys - known.keys()}
    return [gone.get(text) or (known[text].email if text in known else text) for text in texts]
