"""What stands in the text of a proof: dates in the usual spellings, and names. Pure; finds, and decides nothing."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

MOST_DAYS = 12
# So many other words may stand between those of a name: a second given name, a degree.
_BETWEEN = 3
_FIRST_YEAR, _LAST_YEAR = 1990, 2099

_MONTHS = (
    "january januar jan jänner jän", "february februar feb feber", "march märz mar mär mrz", "april apr",
    "may mai", "june juni jun", "july juli jul", "august aug", "september sept sep", "october oktober oct okt",
    "november nov", "december dezember dec dez",
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY_FIRST = r"(?<!\d)(?P<d4>\d{1,2})(?:st|nd|rd|th)?[. -]{0,2}(?:of )?"

# Each finds its numbers by name; a month in words leaves no doubt, two small numbers with a stroke do.
_SPELLINGS = (
    r"(?<!\d)(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?!\d)",
    r"(?<![\d.])(?P<d2>\d{1,2})\. ?(?P<m2>\d{1,2})\. ?(?P<y2>\d{4})(?!\d)",
    r"(?<!\d)(?P<a3>\d{1,2})(?P<s3>[-/])(?P<b3>\d{1,2})(?P=s3)(?P<y3>\d{4})(?!\d)",
    rf"{_DAY_FIRST}(?P<w4>{_NAMES})\b[., -]{{0,2}}(?P<y4>\d{{4}})(?!\d)",
    rf"\b(?P<w5>{_NAMES})\b[. -]{{0,2}}(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?[., ]{{1,2}}(?P<y5>\d{{4}})(?!\d)",
)
_DATE = re.compile("|".join(_SPELLINGS))


def days_in(text: str) -> list[tuple[date, ...]]:
    """The dates of the text in its order, each once, at most MOST_DAYS: the day, or both days that it may mean.

    Known are 2026-05-12 (ISO 8601), 12.05.2026, 12/05/2026 and 12-05-2026, 12 May 2026, May 12, 2026 and 12. Mai 2026,
    with a year of four digits from 1990 to 2099. With strokes the month may come first, as in the United States.
    """
    found: dict[tuple[date, ...], None] = {}
    for match in _DATE.finditer(_plain(text)):
        if days := _meant({key[0]: value for key, value in match.groupdict().items() if value}):
            found.setdefault(days)
        if len(found) == MOST_DAYS:
            break
    return list(found)


def names_person(text: str, given: str, preferred: str, family: str) -> bool:
    """Whether the person's name stands in the text, with the first name or the preferred one. False without a name."""
    firsts = {name for name in (given, preferred) if name} or {""}
    return any(names(text, f"{first} {family}") for first in firsts)


def names(text: str, wanted: str) -> bool:
    """Whether the words of `wanted` stand close together in the text, in any order.

    Capitals, accents and what stands between words make no difference, and neither does ö written as oe.
    """
    words = _words(wanted)
    if not words:
        return False
    needed, standing = set(words), _words(text)
    width = len(words) + _BETWEEN
    return any(
        word in needed and needed.issubset(standing[place : place + width])
        for place, word in enumerate(standing)
    )


def _meant(parts: dict[str, str]) -> tuple[date, ...]:
    """The days that the numbers of one date may mean, without those that no calendar has."""
    year = int(parts["y"])
    if "a" in parts:
        first, second = int(parts["a"]), int(parts["b"])
        pairs = [(second, first), (first, second)]
    else:
        month = _MONTH_OF[parts["w"]] if "w" in parts else int(parts["m"])
        pairs = [(month, int(parts["d"]))]
    return tuple(dict.fromkeys(_real(year, pairs)))


def _real(year: int, pairs: list[tuple[int, int]]) -> Iterator[date]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return
    for month, day in pairs:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _plain(text: str) -> str:
    """One kind of blank, one kind of hyphen, no capitals; letters put together from parts as one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\u2010-\u2015\u2212]", "-", folded).split())


def _words(text: str) -> list[str]:
    """The words as they compare: without capitals and accents, umlauts as two letters."""
    folded = _plain(text).translate(_UMLAUTS)
    bare = "".join(each for each in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(each))
    return re.findall(r"[^\W_]+", bare)


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
