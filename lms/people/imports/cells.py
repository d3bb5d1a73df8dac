"""One cell to one value, or to the problem with it."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from lms.people.enums import FieldKind
from lms.people.imports.mapping import DAY_FIRST, plain
from lms.people.imports.problems import Problem
from lms.people.rules import FIRST_YEAR, LAST_YEAR, spelt_value
from tenants.addresses import BadAddress, parse_address

_LONGEST = 200
_MOST = Decimal(10) ** 12
_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "si", "oui", "o"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})

# Marks, embeddings, overrides and isolates: they can make a name read as another one.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DROPPED = str.maketrans(dict.fromkeys("\u00ad\u200b\ufeff", ""))
# Not part of a name in any script, and what a spreadsheet takes for the start of a formula.
_FORMULA = re.compile(r"^\s*[=@\t\r]|^\s*[+-](?=[\d(=])|^\s*＝")
_MARKUP = re.compile(r"<\s*[/!a-zA-Z][^>]*>")
_LOST = re.compile(r"(?<=\w)\?|\?(?=\w)")
_ISO_DATE = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$")
_SHORT_DATE = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?$")


class Unusable(Exception):
    """The cell has no usable value; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def text(cell: str, column: str, limit: int) -> tuple[str, list[Problem]]:
    """A one-line text in Unicode's composed form, blanks folded, and warnings. Raises Unusable."""
    value = cell.translate(_DROPPED)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    folded = " ".join(value.split())
    if not folded.isprintable():
        _refuse_invisible(folded, column)
    if len(folded) > limit:
        raise Unusable(Problem("too_long", column, {"count": len(folded), "limit": limit}))
    warnings = []
    if _FORMULA.match(folded):
        warnings.append(Problem("formula", column))
    if _MARKUP.search(folded):
        warnings.append(Problem("markup", column))
    if "?" in folded and _LOST.search(folded):
        warnings.append(Problem("lost_characters", column))
    return folded, warnings


def _refuse_invisible(value: str, column: str) -> None:
    for character in value:
        name = unicodedata.name(character, f"U+{ord(character):04X}")
        if character in _BIDI:
            raise Unusable(Problem("bidi_character", column, {"name": name}))
        if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}:
            shown = "NUL" if character == "\0" else name
            raise Unusable(Problem("control_character", column, {"name": shown}))


def email(cell: str, column: str) -> str:
    """One address, lower-case, its domain in ASCII. Raises Unusable."""
    value = cell.translate(_DROPPED).strip()
    if not value:
        raise Unusable(Problem("email_missing", column))
    if len(value.splitlines()) > 1:
        raise Unusable(Problem("email_line_break", column))
    _refuse_invisible(value, column)
    if value.count("@") > 1 and re.search(r"[,;\s]", value):
        raise Unusable(Problem("email_several", column))
    try:
        return parse_address(value)
    except BadAddress as error:
        facts = {"value": value[:80], "reason": error.sentence}
        raise Unusable(Problem("email_invalid", column, facts)) from error


def date(cell: str, column: str, order: str) -> dt.date | None:
    """A date: 2026-06-02, 2.6.2026, or 6/2/2026 read in the given order. None when empty. Raises Unusable."""
    value = cell.strip()
    if not value:
        return None
    if match := _ISO_DATE.match(value):
        year, month, day = (int(part) for part in match.groups())
    elif match := _SHORT_DATE.match(value):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        is_day_first = match[2] == "." or order == DAY_FIRST
        day, month = (first, second) if is_day_first else (second, first)
    else:
        raise Unusable(Problem("date_invalid", column, {"value": value[:40]}))
    try:
        result = dt.date(year, month, day)
    except ValueError as error:
        raise Unusable(Problem("date_invalid", column, {"value": value[:40]})) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        facts = {"value": value, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise Unusable(Problem("date_out_of_range", column, facts))
    return result


def own(cell: str, column: str, kind: str, choices: Sequence[str], order: str) -> tuple[str, list[Problem]]:
    """What a field of the university's own says, as plain words of data, and warnings; empty when it says nothing.

    One of a list is found in any case; yes and no also as true and false, 1 and 0, y and n, x. Raises Unusable.
    """
    value, warnings = text(cell, column, _LONGEST)
    if not value:
        return "", []
    match kind:
        case FieldKind.CHOICE:
            known = {word.casefold(): word for word in reversed(choices)}
            found = value if value in choices else known.get(value.casefold())
            if found is None:
                facts = {"value": value[:80], "choices": ", ".join(choices[:8])}
                raise Unusable(Problem("own_choice_unknown", column, facts))
            return found, []
        case FieldKind.YES_NO:
            said = plain(value)
            if said not in _YES | _NO:
                raise Unusable(Problem("own_yes_no_invalid", column, {"value": value[:80]}))
            return ("yes" if said in _YES else "no"), []
        case FieldKind.DATE:
            return str(date(cell, column, order)), []
        case FieldKind.NUMBER:
            return _number(value, column), []
        case _:
            return value, warnings


def _number(value: str, column: str) -> str:
    """A number with point or comma, four places at most."""
    problem = Problem("own_number_invalid", column, {"value": value[:40]})
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation as error:
        raise Unusable(problem) from error
    if not number.is_finite() or abs(number) >= _MOST or number != round(number, 4):
        raise Unusable(problem)
    return spelt_value(number + 0)


def percent(cell: str, column: str) -> Decimal | None:
    """A share from 0 to 100, with point or comma, perhaps a % sign. None when empty. Raises Unusable."""
    value = cell.strip().removesuffix("%").strip().replace(",", ".")
    if not value:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Unusable(Problem("fte_invalid", column, {"value": cell.strip()[:40]})) from error
    if not (number.is_finite() and 0 <= number <= 100):
        raise Unusable(Problem("fte_invalid", column, {"value": cell.strip()[:40]}))
    return number.quantize(Decimal("0.01"))
