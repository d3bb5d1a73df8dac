"""The rule as it travels between page and server: parts under the paths that their fields are named by.

Works on what was sent alone: adding, taking out and moving a part give the same form again with everything typed in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.requirements import conditions

DEPTH = 4
MOST_PARTS = 60
ROOT = "who"
MODES: dict[str, str | Promise] = {
    "all": gettext_lazy("All of these"),
    "any": gettext_lazy("At least one of these"),
    "none": gettext_lazy("None of these"),
}
_OURS = re.compile(rf"{ROOT}(_\d+)*-")
_DEED = re.compile(rf"(condition|group|remove|up|down):({ROOT}(?:_\d{{1,3}}){{0,{DEPTH}}})")


@dataclass(slots=True)
class Node:
    """A part as it is kept between two answers: a group's mode or a condition's name, and what is in it."""

    word: str
    parts: list["Node"] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """Whether it holds other parts."""
        return self.word in MODES


class Reader:
    """From what was sent to nodes. What nobody could have sent with this form is left out, and said."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._count = 0
        self.faults: list[str] = []

    def root(self) -> Node:
        """The whole rule, as far as it makes sense; `faults` say what does not."""
        word = str(self._data.get(f"{ROOT}-is", ""))
        if word not in MODES:
            self._fault(_("The rule did not arrive whole. Check it, and send it again."))
        return Node(word if word in MODES else "all", self._parts(ROOT, 1))

    def _parts(self, path: str, depth: int) -> list[Node]:
        found = []
        for at in range(MOST_PARTS + 1):
            word = self._data.get(f"{path}_{at}-is")
            if word is None:
                break
            self._count += 1
            if self._count > MOST_PARTS:
                self._fault(
                    _("A rule can have at most %(most)d parts. The last ones were left out.")
                    % {"most": MOST_PARTS}
                )
                break
            node = self._node(str(word), f"{path}_{at}", depth)
            if node is not None:
                found.append(node)
        return found

    def _node(self, word: str, path: str, depth: int) -> Node | None:
        if word in MODES:
            if depth < DEPTH:
                return Node(word, self._parts(path, depth + 1))
            self._fault(
                _("Groups can be nested %(most)d deep. What lay deeper was left out.") % {"most": DEPTH}
            )
            return None
        if conditions.by_name(word) is None:
            self._fault(_("There is no condition of the type that was sent. It was left out."))
            return None
        return Node(word, values=self._values(path))

    def _values(self, path: str) -> dict[str, list[str]]:
        start = f"{path}-"
        return {
            name.removeprefix(start): _list_of(self._data, name)
            for name in self._data
            if name.startswith(start) and name not in {f"{start}is", f"{start}new"}
        }

    def _fault(self, text: str) -> None:
        if text not in self.faults:
            self.faults.append(text)


def edited(data: QueryDict, deed: str) -> QueryDict:
    """What was sent, with one part added, removed or moved. A deed that makes no sense changes nothing."""
    changed = data.copy()
    changed.pop("fresh", None)
    known = _DEED.fullmatch(deed)
    if known is None:
        return changed
    what, path = known.groups()
    root = Reader(data).root()
    fresh = _do(root, what, path, str(data.get(f"{path}-new", "")))
    if fresh is None:
        return changed
    for name in [name for name in changed if _OURS.match(name)]:
        del changed[name]
    for name, values in written(root, ROOT):
        changed.setlist(name, values)
    changed["fresh"] = fresh
    return changed


def _do(root: Node, what: str, path: str, new: str) -> str | None:
    """Do it to the nodes; the path of the part to look at then, or None when nothing was done."""
    steps = [int(step) for step in path.split("_")[1:]]
    here, above = root, None
    for step in steps:
        if step >= len(here.parts):
            return None
        here, above = here.parts[step], here
    if what in {"condition", "group"}:
        return _add(here, path, Node("any") if what == "group" else Node(new), len(steps) + 1)
    if above is None:
        return None
    at, parent = steps[-1], path.rpartition("_")[0]
    above.parts.pop(at)
    if what == "remove":
        return parent
    to = max(0, min(len(above.parts), at + (1 if what == "down" else -1)))
    above.parts.insert(to, here)
    return f"{parent}_{to}"


def _add(group: Node, path: str, node: Node, depth: int) -> str | None:
    is_known = node.is_group or conditions.by_name(node.word) is not None
    if not group.is_group or not is_known or (node.is_group and depth >= DEPTH):
        return None
    group.parts.append(node)
    return f"{path}_{len(group.parts) - 1}"


def written(node: Node, path: str) -> Iterator[tuple[str, Any]]:
    """The fields of a part and of all in it, by name."""
    yield f"{path}-is", [node.word]
    for name, values in node.values.items():
        yield f"{path}-{name}", values
    for at, part in enumerate(node.parts):
        yield from written(part, f"{path}_{at}")


def _list_of(data: Mapping[str, Any], name: str) -> list[str]:
    if isinstance(data, MultiValueDict):
        return [str(value) for value in data.getlist(name)]
    value = data[name]
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
