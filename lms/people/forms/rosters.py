"""The forms of an import: the file, its columns, and the last word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.enums import AbsentPolicy, AffiliationKind
from lms.people.imports import decode, dialect, mapping
from lms.people.imports.intake import Reading
from lms.people.imports.mapping import Layout
from lms.people.models import RosterImport
from lms.ui.forms import CardLabel

_DELIMITER_NAMES = {
    ",": _("Comma ,"),
    ";": _("Semicolon ;"),
    "\t": _("Tab"),
    "|": _("Bar |"),
}
_KIND_PREFIX = "kind_"
# Choosing nothing is a choice here, not a blank: every select has an answer.
_NONE = "none"


class UploadRoster(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("Roster file"),
        max_length=255,
        allow_empty_file=True,
        help_text=_("CSV or text with one person a line and the names of the columns on top. Up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def clean_file(self) -> Any:
        """The file, when it is not too large to be kept."""
        file = self.cleaned_data["file"]
        if file.size > decode.MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 20 MB. Split it and import one part after the other.")
            )
        return file


class ChooseColumns(forms.Form):
    """How the file is read: a select a field, and what only a person can know."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(decode.ENCODINGS.items()))
    delimiter = forms.ChoiceField(
        label=_("Between the columns"), choices=[(one, _DELIMITER_NAMES[one]) for one in dialect.DELIMITERS]
    )
    date_order = forms.ChoiceField(
        label=_("Dates like 03/04/2026"),
        choices=[
            (mapping.DAY_FIRST, _("3 April, day first")),
            (mapping.MONTH_FIRST, _("March 4, month first")),
        ],
    )
    default_kind = forms.ChoiceField(
        label=_("Worker type of everybody"),
        choices=[(_NONE, _("As the column says")), *AffiliationKind.choices],
    )

    def __init__(self, data: Any = None, *, roster: RosterImport, reading: Reading) -> None:
        layout = mapping.load(roster.mapping)
        initial = {
            "encoding": roster.encoding,
            "delimiter": roster.delimiter,
            "date_order": layout.date_order,
            "default_kind": layout.default_kind or _NONE,
            **{name: str(index) for name, index in layout.columns.items()},
        }
        super().__init__(data, initial=initial)
        self.reading = reading
        columns = [
            (_NONE, _("Not in the file")),
            *((str(i), name) for i, name in enumerate(reading.header.names)),
        ]
        for name, label in mapping.FIELDS.items():
            self.fields[name] = forms.ChoiceField(label=str(label), choices=columns, initial=_NONE)
        for key, one in reading.own.items():
            self.fields[mapping.OWN + key] = forms.ChoiceField(label=one.name, choices=columns, initial=_NONE)
        for number, kind in enumerate(reading.unknown_kinds):
            self.fields[f"{_KIND_PREFIX}{number}"] = forms.ChoiceField(
                label=_("“%(kind)s” means") % {"kind": kind},
                choices=[(_NONE, _("Leave these lines out")), *AffiliationKind.choices],
                initial=layout.kinds.get(mapping.plain(kind), _NONE),
            )

    def column_fields(self) -> list[forms.BoundField]:
        """The selects of the columns, in their order."""
        return [self[name] for name in mapping.FIELDS]

    def own_fields(self) -> list[forms.BoundField]:
        """The selects of the university's own fields."""
        return [self[mapping.OWN + key] for key in self.reading.own]

    def kind_fields(self) -> list[forms.BoundField]:
        """The selects of worker types that are not known here."""
        return [self[name] for name in self.fields if name.startswith(_KIND_PREFIX)]

    def clean(self) -> dict[str, Any]:
        """Nothing that is needed is missing."""
        cleaned = super().clean() or {}
        for sentence in mapping.missing(self.layout()):
            self.add_error(None, str(sentence))
        return cleaned

    def layout(self) -> Layout:
        """What was chosen; the names of the columns are filled in by whoever reads the file."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value != _NONE}
        own = {key: one for key, one in self.reading.own.items() if mapping.OWN + key in chosen}
        names = (*mapping.FIELDS, *(mapping.OWN + key for key in own))
        columns = {name: int(chosen[name]) for name in names if name in chosen}
        kinds = {
            mapping.plain(kind): chosen[f"{_KIND_PREFIX}{number}"]
            for number, kind in enumerate(self.reading.unknown_kinds)
            if f"{_KIND_PREFIX}{number}" in chosen
        }
        return Layout(
            columns=columns,
            kinds=kinds,
            default_kind="" if "kind" in columns else chosen.get("default_kind", ""),
            date_order=chosen.get("date_order", mapping.DAY_FIRST),
            own=own,
        )


class StartImport(forms.Form):
    """The last word: what happens to those who are not in the file."""

    absent = forms.ChoiceField(
        label=_("People of earlier rosters who are not in this file"),
        widget=forms.RadioSelect,
        initial=AbsentPolicy.KEEP,
        choices=[
            (
                AbsentPolicy.KEEP,
                CardLabel(_("Leave them as they are"), _("Right for a file of one department.")),
            ),
            (
                AbsentPolicy.DEACTIVATE,
                CardLabel(
                    _("Count them as having left today"),
                    _("Right for a file of everybody. Their training records stay."),
                ),
            ),
        ],
    )
    confirmed_count = forms.IntegerField(
        label=_("To count them as having left, type how many they are"), required=False, min_value=0
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class DecideEdit(forms.Form):
    """Yes or no of the second person, with what there is to say about it."""

    decision = forms.ChoiceField(choices=[("approve", _("Agree")), ("reject", _("Do not agree"))])
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads it. If you do not agree, say why."),
    )

    def clean(self) -> dict[str, Any]:
        """A no says why."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "reject" and not cleaned.get("remark"):
            self.add_error("remark", _("Say why, so that whoever asked knows what to do."))
        return cleaned


class DecideImport(DecideEdit):
    """The same about an import, as it was seen."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
