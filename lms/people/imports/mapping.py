"""Which column is what: a guess from the header, confirmed by a person."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.enums import AffiliationKind
from lms.people.imports import aliases

FIELDS: dict[str, Promise] = {
    "external_id": _("Employee ID"),
    "email": _("E-mail address"),
    "given_name": _("First name"),
    "family_name": _("Last name"),
    "preferred_name": _("Preferred first name"),
    "department_code": _("Department code"),
    "department_name": _("Department name"),
    "kind": _("Worker type"),
    "title": _("Title"),
    "manager": _("Manager (employee ID or e-mail)"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "leave_starts_on": _("Leave from"),
    "leave_ends_on": _("Leave to"),
    "fte_percent": _("Working time, %"),
}
OWN = "field:"
"""Before the key of a field of the university's own."""
DATES = ("starts_on", "ends_on", "leave_starts_on", "leave_ends_on")
DAY_FIRST = "day"
MONTH_FIRST = "month"

_TWO_NUMBERS_AND_A_YEAR = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}")


@dataclass(frozen=True, slots=True)
class Own:
    """A field of the university's own as it was when the columns were chosen; `kind` is a FieldKind."""

    name: str
    kind: str
    choices: list[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the file: field to column index, what its worker types mean, the order in its dates.

    `own`: the university's own fields that are in the file, by key; their columns stand under "field:key".
    """

    columns: Mapping[str, int]
    names: Mapping[str, str] = field(default_factory=dict)
    width: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    default_kind: str = ""
    date_order: str = DAY_FIRST
    own: Mapping[str, Own] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the file says anything about this field; what it is silent about stays as it is."""
        return name in self.columns

    def stored(self) -> dict[str, Any]:
        """As JSON, for the database."""
        return {
            "columns": dict(self.columns),
            "names": dict(self.names),
            "width": self.width,
            "kinds": dict(self.kinds),
            "default_kind": self.default_kind,
            "date_order": self.date_order,
            "own": {key: asdict(one) for key, one in self.own.items()},
        }


def load(stored: Mapping[str, Any]) -> Layout:
    """The inverse of `Layout.stored`; the university's own fields by name."""
    own = {key: Own(**one) for key, one in stored.get("own", {}).items()}
    own = dict(sorted(own.items(), key=lambda item: item[1].name))
    return Layout(**{**stored, "own": own})


def plain(text: str) -> str:
    """A header or a worker type without case, accents and signs: "Personal-Nr." becomes "personal nr"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", bare).split())


def _lookup(words: Mapping[str, Iterable[str]]) -> dict[str, tuple[int, str]]:
    """Plain alias to (rank, name); the earlier alias of a name is the surer one."""
    return {plain(alias): (rank, name) for name, many in words.items() for rank, alias in enumerate(many)}


_HEADERS = _lookup(aliases.HEADERS)
_KINDS = {alias: name for alias, (_rank, name) in _lookup(aliases.KINDS).items()}


def guess_columns(header: Sequence[str], own: Mapping[str, Own] | None = None) -> dict[str, int]:
    """Field to column index, by the names of the columns alone. Nothing is guessed twice.

    One of the university's `own` fields is known by its key or its name, and goes before what is called alike.
    """
    named = _own_columns(header, own or {})
    found: dict[str, tuple[int, int]] = {}
    for index, name in enumerate(header):
        if index in named.values() or (known := _HEADERS.get(plain(name))) is None:
            continue
        rank, target = known
        if target not in found or rank < found[target][0]:
            found[target] = (rank, index)
    return {name: found[name][1] for name in FIELDS if name in found} | named


def _own_columns(header: Sequence[str], own: Mapping[str, Own]) -> dict[str, int]:
    columns = [plain(name) for name in header]
    found: dict[str, int] = {}
    for key, one in own.items():
        called = (plain(key), plain(one.name))
        index = next((at for at, name in enumerate(columns) if name and name in called), None)
        if index is not None and index not in found.values():
            found[OWN + key] = index
    return found


def kind_of(text: str, layout: Layout) -> str:
    """The affiliation kind a worker type means; empty when it is not known."""
    key = plain(text)
    return layout.kinds.get(key) or _KINDS.get(key, "")


def unknown_kinds(texts: Iterable[str]) -> list[str]:
    """The worker types that a person has to explain, once each, in order of appearance."""
    seen: dict[str, str] = {}
    for text in texts:
        key = plain(text)
        if text.strip() and key not in _KINDS:
            seen.setdefault(key, text.strip())
    return list(seen.values())


def date_order(texts: Iterable[str]) -> tuple[str, bool]:
    """(order, is it certain): a first number over 12 proves day first, a second one month first."""
    order, is_certain = DAY_FIRST, True
    for text in texts:
        if (match := _TWO_NUMBERS_AND_A_YEAR.match(text.strip())) is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            return DAY_FIRST, True
        if second > 12 >= first:
            return MONTH_FIRST, True
        is_certain = is_certain and "." in text
    return order, is_certain


def missing(layout: Layout) -> list[Promise]:
    """What has to be chosen before the file can be checked, in words; empty when nothing is missing."""
    sentences: list[Promise] = []
    if not layout.has("email"):
        sentences.append(_("Choose the column with the e-mail address: people sign in with it."))
    if not (layout.has("family_name") or layout.has("given_name")):
        sentences.append(_("Choose a column with names."))
    if not (layout.has("department_code") or layout.has("department_name")):
        sentences.append(_("Choose the column with the department, as code or as name."))
    if not layout.has("kind") and layout.default_kind not in AffiliationKind.values:
        sentences.append(_("Choose the column with the worker type, or one type for everybody."))
    if len(set(layout.columns.values())) < len(layout.columns):
        sentences.append(_("One column is chosen for two things."))
    return sentences
