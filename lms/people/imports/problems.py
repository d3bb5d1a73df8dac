"""Everything that can be wrong with a roster, as data: a code, its weight and a sentence.

Problems are stored as code and facts, and put into words when somebody reads them, in their language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR = "error"
WARNING = "warning"

# One sentence each: what is wrong, and what follows. An error keeps the line out, a warning does not.
ERRORS: dict[str, Promise] = {
    "short_row": _("The line ends after %(count)s of %(width)s columns."),
    "long_row": _(
        "The line has %(count)s values, the header %(width)s. Is a value with a separator in it not quoted?"
    ),
    "open_quote": _("A quotation mark is opened on this line and not closed."),
    "long_line": _("The line is %(count)s characters long; %(limit)s are allowed."),
    "external_id_missing": _("The employee ID is missing."),
    "email_missing": _("The e-mail address is missing."),
    "email_line_break": _("The e-mail address contains a line break."),
    "email_several": _("The cell holds more than one e-mail address."),
    "email_invalid": _("“%(value)s” is not an e-mail address. %(reason)s"),
    "department_missing": _("The department is missing."),
    "kind_missing": _("The worker type is missing."),
    "kind_unknown": _("“%(value)s” is not a known worker type."),
    "control_character": _("%(column)s contains an invisible control character (%(name)s)."),
    "bidi_character": _("%(column)s contains a character that reverses the direction of text (%(name)s)."),
    "too_long": _("%(column)s is %(count)s characters long; %(limit)s are allowed."),
    "date_invalid": _("%(column)s: “%(value)s” is not a date."),
    "date_out_of_range": _("%(column)s: %(value)s is outside the years %(first)s to %(last)s."),
    "own_choice_unknown": _("%(column)s: “%(value)s” is none of the values of the list (%(choices)s)."),
    "own_yes_no_invalid": _("%(column)s: “%(value)s” is neither yes nor no."),
    "own_number_invalid": _("%(column)s: “%(value)s” is not a number with four places at most."),
    "ends_before_start": _("The last day (%(end)s) is before the first (%(start)s)."),
    "duplicate_external_id": _("Employee ID %(value)s is already used on line %(line)s, for another person."),
    "duplicate_email": _("%(value)s is already used on line %(line)s."),
    "repeated_row": _("The line says the same as line %(line)s."),
    "email_of_other": _("%(value)s already belongs to employee %(other)s."),
    "email_still_used": _(
        "%(value)s belongs to employee %(other)s until this import is done. Import the file again afterwards."
    ),
}
WARNINGS: dict[str, Promise] = {
    "name_missing": _("There is no name; the e-mail address is shown instead."),
    "start_missing": _("There is no first day; it counts from the day of the import."),
    "formula": _("%(column)s looks like a spreadsheet formula. It is stored as plain text."),
    "markup": _("%(column)s looks like HTML code. It is stored as plain text."),
    "lost_characters": _("%(column)s contains “?”: characters were lost when the file was saved."),
    "fte_invalid": _("Working time “%(value)s” is not a percentage from 0 to 100 and is left out."),
    "leave_without_start": _("The leave has an end but no first day and is left out."),
    "leave_ends_before_start": _("The leave ends (%(end)s) before it starts (%(start)s) and is left out."),
    "department_name_differs": _("%(code)s is called “%(name)s” elsewhere; “%(value)s” is left out."),
    "manager_self": _("The person is their own manager. Imported without a manager."),
    "manager_circle": _("The managers form a circle (%(circle)s). Imported without a manager."),
    "manager_unknown": _(
        "Manager %(value)s is neither in this file nor known here. Imported without a manager."
    ),
    "owner_stays": _("The person is an owner of this site: the last day is not taken over."),
    "stays_deactivated": _("The person was deactivated here by hand and stays so."),
    "undo_signed_in": _(
        "The person signed in since the import, so they are kept with everything it said of them."
    ),
    "undo_trained": _(
        "The person began training since the import, so they are kept with everything it said of them."
    ),
    "undo_decided": _(
        "Something was decided about the person since the import, so they are kept with everything it said of them."
    ),
    "undo_touched": _(
        "Somebody else changed the person since the import, so they are kept with everything it said of them."
    ),
    "undo_changed": _("%(column)s was changed again since the import and stays as it is now."),
    "undo_taken": _("%(column)s: “%(value)s” belongs to somebody else by now, so it stays as it is."),
    "undo_owner": _("The person is an owner of this site: what they are here is not ended."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one line."""

    code: str
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether it keeps the line out."""
        return self.code in ERRORS

    def stored(self) -> dict[str, Any]:
        """As JSON, for the database."""
        return {"code": self.code, "column": self.column, "facts": dict(self.facts)}


def load(stored: Mapping[str, Any]) -> Problem:
    """The inverse of `Problem.stored`."""
    return Problem(code=stored["code"], column=stored["column"], facts=stored["facts"])


def in_words(problem: Problem) -> str:
    """The sentence, in the language now active. `column` is the header as the file spells it."""
    template = ERRORS.get(problem.code) or WARNINGS[problem.code]
    return str(template) % {"column": problem.column, **problem.facts}
