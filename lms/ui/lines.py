"""Lists of people as they are pasted: one a line, each line with its number; and what is wrong with lines."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_SHOWN = 12
_CELL = re.compile(r"[,;\t]")
_IN_BRACKETS = re.compile(r"<([^<>]+)>")


def numbered(text: str) -> list[tuple[int, str]]:
    """Number and word of every line with something in it.

    The word is what names a person: the address in brackets, or the first cell of a pasted row.
    """
    return [(number, _word(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]


def told(faults: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(faults) - _SHOWN
    if more <= 0:
        return faults
    text = ngettext("And %(count)d line more.", "And %(count)d lines more.", more)
    return [*faults[:_SHOWN], text % {"count": more}]


def several_text(word: str) -> str:
    """What is wrong with a word that is the address of one person and the employee ID of another."""
    return _("“%(word)s” means two people. Use the other of address and employee ID.") % {"word": word[:100]}


def _word(line: str) -> str:
    bracketed = _IN_BRACKETS.search(line)
    cells = [cell.strip(" \"'") for cell in _CELL.split(bracketed.group(1) if bracketed else line)]
    return next((cell for cell in cells if cell), line.strip())
