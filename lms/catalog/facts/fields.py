"""Reading fields out of TOML, and saying where each problem is."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lms.catalog.facts.plan import Problem

_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
_TOML_END = "(at end of document)"


@dataclass
class Findings:
    """The problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def error(self, file: str, line: int | None, message: str, fix: str) -> None:
        """Something that keeps the course from being saved."""
        self.problems.append(Problem(file, line, message, fix))

    def remark(self, file: str, message: str, fix: str) -> None:
        """Something worth knowing that stops nothing."""
        self.problems.append(Problem(file, None, message, fix, is_error=False))


def text_of(file: str, content: bytes, findings: Findings) -> str | None:
    """The file as text with plain line ends; None, and a problem, when it is not UTF-8 text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        findings.error(
            file, line, _("The file is not UTF-8 text."), _("Save it with the encoding UTF-8 in your editor.")
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, written in enumerate(text.split("\n"), start=1):
        if any(ord(char) < 32 and char != "\t" for char in written):
            findings.error(
                file,
                number,
                _("This line holds a control character."),
                _("Delete the line and type it again."),
            )
            return None
    return text


def table_of(file: str, text: str, findings: Findings, *, offset: int = 0) -> "Fields | None":
    """The TOML of a whole file, or of its front matter, which begins after `offset` lines."""
    lines = text.split("\n")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Beside its own errors tomllib lets through numbers and nestings too large for Python.
        place = _TOML_PLACE.search(str(error))
        line = int(place.group(1)) if place else len(lines)
        reason = _TOML_PLACE.sub("", str(error)).replace(_TOML_END, "").strip()
        findings.error(
            file,
            line + offset,
            _("This is not TOML: %(reason)s.") % {"reason": reason},
            _('Write each line as: name = "text in quotes", or name = 12.'),
        )
        return None
    return Fields(file, values, lines, offset + 1, findings)


@dataclass
class Fields:
    """A TOML table with the lines it stands on; `first_line` is the number of the first of them."""

    file: str
    values: Mapping[str, Any]
    lines: Sequence[str]
    first_line: int
    findings: Findings

    def line_of(self, key: str) -> int:
        """The line on which `key` is set, else the first line of the table."""
        pattern = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
        for index, written in enumerate(self.lines):
            if pattern.match(written):
                return self.first_line + index
        return self.first_line

    def error(self, key: str, message: str, fix: str) -> None:
        """A problem with the value of `key`."""
        self.findings.error(self.file, self.line_of(key), message, fix)

    def text(self, key: str, *, required: bool = True, longest: int = 200, example: str = "") -> str:
        """A text; empty when it is missing or wrong."""
        value = self.values.get(key)
        example = example or "…"
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            message = _("“%(key)s” is missing.") if value in (None, "") else _("“%(key)s” must be text.")
            self.error(
                key,
                message % {"key": key},
                _('Write %(key)s = "%(example)s".') % {"key": key, "example": example},
            )
            return ""
        if len(value) > longest:
            self.error(
                key,
                _("“%(key)s” has %(count)d characters.") % {"key": key, "count": len(value)},
                _("Use at most %(longest)d.") % {"longest": longest},
            )
            return ""
        if any(ord(char) < 32 and char not in "\n\t" for char in value):
            # Written as \u0000, say, which the lines do not show and a database cannot keep.
            self.error(key, _("“%(key)s” holds a control character.") % {"key": key}, _("Take it out."))
            return ""
        return value.strip()

    def whole(self, key: str, *, low: int, high: int, example: int, required: bool = False) -> int | None:
        """A whole number from `low` to `high`; None when it is missing or wrong."""
        value = self.values.get(key)
        if value is None and not required:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = (
                _("“%(key)s” is missing.")
                if value is None
                else _("“%(key)s” is not a number that fits here.")
            )
            self.error(
                key,
                message % {"key": key},
                _("Write a whole number from %(low)d to %(high)d, such as %(key)s = %(example)d.")
                % {"low": low, "high": high, "key": key, "example": example},
            )
            return None
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when it is missing or wrong."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.error(
                key, _("“%(key)s” must be true or false.") % {"key": key}, _("Write it without quotes.")
            )
            return False
        return value

    def one_of(self, key: str, choices: Collection[str], default: str) -> str:
        """One of the words in `choices`."""
        value = self.values.get(key, default)
        if value not in choices:
            allowed = ", ".join(f'"{choice}"' for choice in choices)
            self.error(
                key,
                _("“%(key)s” cannot be %(value)s.") % {"key": key, "value": repr(value)[:40]},
                _("Write one of: %(choices)s.") % {"choices": allowed},
            )
            return default
        return str(value)

    def refuse_others(self, known: Collection[str]) -> None:
        """A name nobody knows is most likely a misspelt one, so it is never passed over."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                fix = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else _("Take it out.")
                self.error(key, _("“%(key)s” is not a name that is used here.") % {"key": key}, fix)
