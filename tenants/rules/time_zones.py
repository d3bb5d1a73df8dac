"""Which time zones a university may choose: one name for each place, and only places."""

import re
from functools import cache
from importlib import resources

from django.utils.translation import gettext as _


class BadTimeZone(ValueError):
    """The text is no time zone that we keep. ``sentence`` says which to take, where that is known."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@cache
def canonical_zones() -> tuple[str, ...]:
    """Every zone that stands for a place today (zone.tab of the IANA database), and UTC; sorted.

    Offsets (``Etc/GMT+5``), abbreviations (``EST``) and old names (``US/Pacific``) are not among them: the
    first two know no daylight saving, the last are two names for one thing.
    """
    rows = _read("zone.tab").splitlines()
    places = {row.split("\t")[2] for row in rows if row and not row.startswith("#")}
    return (*sorted(places), "UTC")


def parse_time_zone(text: str) -> str:
    """The canonical IANA name; raises `BadTimeZone`."""
    name = text.strip()
    if name in canonical_zones():
        return name
    if current := _current_name(name):
        raise BadTimeZone(
            _("“%(old)s” is an old name. Choose %(current)s.") % {"old": name, "current": current}
        )
    raise BadTimeZone(_("Choose a time zone from the list, such as Europe/Berlin or America/New_York."))


@cache
def old_names() -> dict[str, str]:
    """Names that browsers still report for a place, and the name we keep it by."""
    known = {old: _current_name(old) for old in _links() if "/" in old and old not in canonical_zones()}
    return {old: current for old, current in known.items() if current}


def _current_name(old: str) -> str:
    # An abbreviation such as EST is no old name of a place: it means several.
    target = "" if old.isupper() else _links().get(old, "")
    return target if target in canonical_zones() else ""


@cache
def _links() -> dict[str, str]:
    pairs = re.findall(r"^L (\S+) (\S+)$", _read("tzdata.zi"), flags=re.MULTILINE)
    return {old: current for current, old in pairs}


def _read(name: str) -> str:
    return resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
