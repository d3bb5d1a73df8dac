"""Lines of an import as people read them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lms.people.enums import AffiliationKind, RowOutcome
from lms.people.imports import mapping, problems
from lms.people.models import RosterRow


@dataclass(frozen=True, slots=True)
class Sentence:
    """One remark on a line."""

    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file and what it leads to. `name` is empty where the line could not be read so far."""

    number: int
    name: str
    email: str
    department: str
    kind: str
    outcome: str
    sentences: list[Sentence]
    changes: list[Change]
    own: list[Change]


def line_of(row: RosterRow, layout: mapping.Layout) -> Line:
    """The line of a stored row, in the language now active."""
    values = row.values
    first = values.get("preferred_name") or values.get("given_name", "")
    name = ", ".join(part for part in (values.get("family_name", ""), first) if part)
    is_error = row.outcome == RowOutcome.ERROR
    found = [problems.load(stored) for stored in row.problems]
    return Line(
        number=row.line_number,
        name=name or values.get("external_id", ""),
        email=values.get("email", ""),
        department=values.get("department_code", ""),
        kind=_kind(values.get("kind", "")),
        outcome=row.outcome,
        sentences=[
            Sentence(problems.in_words(one), one.is_error) for one in found if one.is_error or not is_error
        ],
        own=[
            Change(layout.own[key].name, "", _said(said))
            for key, said in values.get("own", {}).items()
            if said and key in layout.own
        ],
        changes=[_change(field, *pair) for field, pair in row.changes.items() if field != "source"],
    )


def _change(field: str, before: str, after: str) -> Change:
    if field == "kind":
        before, after = _kind(before), _kind(after)
    if field.startswith(mapping.OWN):
        return Change(field.removeprefix(mapping.OWN), _said(before), _said(after))
    return Change(str(mapping.FIELDS.get(field, field)), before, after)


def _said(value: str) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(value, value)


def _kind(value: str) -> str:
    return str(AffiliationKind(value).label) if value in AffiliationKind.values else value
