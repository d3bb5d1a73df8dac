"""Forms about groups, systems and their members."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people import queries
from lms.people.enums import GroupKind
from lms.people.forms.persons import DayField, NameField
from lms.people.models import Group, User
from lms.ui.forms import CardLabel
from lms.ui.lines import numbered, several_text, told

MOST = 500


class GroupForm(forms.Form):
    """What a group is called and is for; its code and kind only while it is new, putting it away only later."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            (GroupKind.GROUP.value, CardLabel(gettext_lazy("A group"), gettext_lazy("People by name."))),
            (
                GroupKind.SYSTEM.value,
                CardLabel(
                    gettext_lazy("Access to a system"), gettext_lazy("Who may use it, and since when.")
                ),
            ),
        ],
        initial=GroupKind.GROUP.value,
        widget=forms.RadioSelect,
    )
    name = NameField(label=gettext_lazy("Name"), max_length=200)
    code = NameField(
        label=gettext_lazy("Code"),
        max_length=64,
        help_text=gettext_lazy("Short, such as LASER. Rules keep it; it stays for good."),
    )
    purpose = NameField(label=gettext_lazy("What for"), max_length=300, required=False)
    is_archived = forms.BooleanField(
        label=gettext_lazy("Archived"),
        required=False,
        help_text=gettext_lazy("Rules no longer offer it. Its people stay on record."),
    )

    def __init__(self, *args: Any, group: Group | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("is_archived",) if group is None else ("kind", "code"):
            del self.fields[name]

    def clean_code(self) -> str:
        """In capitals, as it is kept."""
        return str(self.cleaned_data["code"]).upper()


class AddMembers(forms.Form):
    """Whom to add, and since when. What is wrong with a line is said by its number, all at once."""

    people = forms.CharField(
        label=gettext_lazy("People"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("One person a line: e-mail address or employee ID. At most 500."),
    )
    since = DayField(
        label=gettext_lazy("Since"),
        help_text=gettext_lazy("A day ahead counts from that day on."),
    )

    def __init__(self, *args: Any, members: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._members = members
        self._found: list[User] = []

    def found(self) -> list[User]:
        """The people of the list, in its order; only of a valid form."""
        return self._found

    def clean_people(self) -> str:
        """Find everybody."""
        text: str = self.cleaned_data["people"]
        lines = numbered(text)
        if len(lines) > MOST:
            wrong = _("These are %(count)d lines. At most %(most)d can be added at once; nothing was saved.")
            raise forms.ValidationError(wrong % {"count": len(lines), "most": MOST})
        known = queries.people_by_keys(word for _number, word in lines)
        faults: list[str] = []
        seen: dict[int, int] = {}
        for number, word in lines:
            several = known.get(word.lower(), [])
            person = several[0] if several else None
            if fault := several_text(word) if len(several) > 1 else self._fault(person, word, seen):
                faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": fault})
            elif person is not None:
                seen[person.pk] = number
                self._found.append(person)
        if faults:
            raise forms.ValidationError(told(faults))
        return text

    def _fault(self, person: User | None, word: str, seen: dict[int, int]) -> str:
        if person is None:
            return _("Nobody here has the address or employee ID %(word)s.") % {"word": word[:100]}
        name = {"name": person.display_name}
        if person.pk in seen:
            return _("%(name)s stands in line %(line)d already.") % {**name, "line": seen[person.pk]}
        if not person.is_active:
            return _("%(name)s is deactivated.") % name
        return _("%(name)s is in it already.") % name if person.pk in self._members else ""
