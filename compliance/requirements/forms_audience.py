"""The rule as a form: groups in groups with conditions in them, each with its fields and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from compliance.core import audience
from compliance.core.audience import All, Not
from compliance.core.audience import Any as AnyOf
from compliance.core.sense import Sense, sense
from compliance.requirements import conditions
from compliance.requirements.conditions import Condition
from compliance.requirements.conditions_base import Fields, Lists
from compliance.requirements.forms_nodes import DEPTH, MODES, ROOT, Node, Reader, written


class Unsayable(Exception):
    """The stored audience was not made with this form, which has no fields for it."""


@dataclass(slots=True)
class Part:
    """A part as it is drawn. `number` counts from 1 among the parts of its group, of which there are `of`."""

    path: str
    word: str
    label: str | Promise
    number: int
    of: int
    depth: int
    fields: Fields | None = None
    parts: list["Part"] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_fresh: bool = False

    @property
    def is_root(self) -> bool:
        """Whether it is the whole rule."""
        return self.path == ROOT

    @property
    def is_first(self) -> bool:
        """Whether nothing is above it in its group."""
        return self.number == 1

    @property
    def is_last(self) -> bool:
        """Whether nothing is below it in its group."""
        return self.number == self.of

    @property
    def may_nest(self) -> bool:
        """Whether one more group may stand in it."""
        return self.depth < DEPTH

    @property
    def modes(self) -> list[tuple[str, str | Promise, bool]]:
        """The modes of a group, and whether each is the chosen one."""
        return [(key, label, key == self.word) for key, label in MODES.items()]

    def walk(self) -> Iterator["Part"]:
        """The part, and all in it, the outer ones first."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Who:
    """The whole rule: as it is stored, or as it was sent."""

    def __init__(
        self, root: Node, *, is_sent: bool, faults: list[str] | None = None, fresh: str = ""
    ) -> None:
        self.lists = Lists()
        self.faults = faults or []
        self.notes: list[str] = []
        self._is_sent, self._fresh = is_sent, fresh
        self.root = self._part(root, ROOT, 1, 1, 1)
        self._rule: audience.Rule | None = None
        self._is_checked = False

    @classmethod
    def stored(cls, data: audience.Json) -> "Who":
        """The form of a rule. Raises Unsayable for one that cannot be drawn."""
        try:
            node = _node(audience.parse(data), 1)
        except audience.BadAudience as error:
            raise Unsayable(str(error)) from error
        return cls(node if node.is_group else Node("all", [node]), is_sent=False)

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> "Who":
        """The form as it came, however it was made."""
        reader = Reader(data)
        return cls(reader.root(), is_sent=True, faults=reader.faults, fresh=str(data.get("fresh") or ""))

    @property
    def choices(self) -> tuple[Condition, ...]:
        """What may be added."""
        return conditions.on_offer(self.lists)

    @property
    def forms(self) -> list[Fields]:
        """The fields of every condition, in order."""
        return [part.fields for part in self.root.walk() if part.fields is not None]

    def leave_unchecked(self) -> None:
        """Show what was typed without finding fault with what is not finished yet."""
        self._is_checked = True
        for each in self.forms:
            each.leave_unchecked()

    def is_valid(self) -> bool:
        """Whether it is a rule, and one that somebody can be meant by. What is wrong is said at its part."""
        if not self._is_checked:
            self._is_checked = True
            self._check()
        return self._rule is not None and not self.faults

    def rule(self) -> audience.Rule:
        """What was built; only if it is valid."""
        if self._rule is None:
            raise AssertionError("A rule is asked for only after it was found valid.")
        return self._rule

    def all_faults(self) -> list[str]:
        """What is wrong with the rule itself, beside what its fields say."""
        return list(
            dict.fromkeys([*self.faults, *(text for part in self.root.walk() for text in part.faults)])
        )

    def _check(self) -> None:
        for part in self.root.walk():
            if part.fields is None and not part.parts:
                part.faults.append(
                    _("Nobody is meant yet. Add a condition.")
                    if part.is_root
                    else _("This group is empty. Add a condition to it, or remove it.")
                )
        is_whole = not [each for each in self.forms if not each.is_valid()] and not self.all_faults()
        if not is_whole:
            return
        self._rule = _rule(self.root)
        if len(self.root.parts) == 1 and _rule(self.root.parts[0]) == conditions.NOBODY:
            self.notes.append(_("By the rule nobody is meant: only the people who are added by hand."))
            return
        found = sense(self._rule, self.lists.paths)
        if found is Sense.NEVER:
            self._innermost(Sense.NEVER).faults.append(
                _("Nobody can ever match this: its conditions exclude each other.")
            )
            self._rule = None
        elif found is Sense.ALWAYS:
            self.notes.append(_("This means everyone who has an appointment."))

    def _innermost(self, wanted: Sense) -> Part:
        """The deepest group that has this sense by itself: what contradicts itself stands there."""
        groups = [part for part in self.root.walk() if part.fields is None]
        having = [part for part in groups if sense(_rule(part), self.lists.paths) is wanted]
        return max(having, key=lambda part: part.depth, default=self.root)

    def _part(self, node: Node, path: str, number: int, of: int, depth: int) -> Part:
        is_fresh = path == self._fresh
        if node.is_group:
            inner = [
                self._part(each, f"{path}_{at}", at + 1, len(node.parts), depth + 1)
                for at, each in enumerate(node.parts)
            ]
            return Part(path, node.word, MODES[node.word], number, of, depth, None, inner, is_fresh=is_fresh)
        condition = conditions.by_name(node.word)
        if condition is None:
            raise Unsayable(node.word)
        given: dict[str, Any] = {"initial": node.values}
        if self._is_sent:
            sent = {f"{path}-{name}": list(values) for name, values in node.values.items()}
            given = {"data": MultiValueDict(sent)}
        fields = condition.fields(prefix=path, lists=self.lists, **given)
        label = fields.label or condition.label
        return Part(path, node.word, label, number, of, depth, fields, is_fresh=is_fresh)


def data_of(rule: audience.Json) -> dict[str, Any]:
    """The fields that would be sent for a rule; for whoever fills the form in without a browser."""
    node = _node(audience.parse(rule), 1)
    sent = written(node if node.is_group else Node("all", [node]), ROOT)
    return {name: values[0] if name.endswith("-is") else values for name, values in sent}


def _node(rule: audience.Rule, depth: int) -> Node:
    """A rule as nodes. Raises Unsayable."""
    condition = conditions.of_rule(rule)
    if condition is not None:
        return Node(condition.name, values=condition.fields.values(rule))
    match rule:
        case All(parts):
            word = "all"
        case AnyOf(parts):
            word = "any"
        case Not(AnyOf(parts)):
            word = "none"
        case Not(part):
            word, parts = "none", (part,)
        case _:
            raise Unsayable(type(rule).__name__)
    if depth > DEPTH:
        raise Unsayable("too deep")
    return Node(word, [_node(each, depth + 1) for each in parts])


def _rule(part: Part) -> audience.Rule:
    """The rule of valid parts."""
    if part.fields is not None:
        return part.fields.rule()
    parts = tuple(_rule(each) for each in part.parts)
    if part.word == "none":
        is_plain = len(parts) == 1 and not isinstance(parts[0], AnyOf)
        return Not(parts[0] if is_plain else AnyOf(parts))
    return All(parts) if part.word == "all" else AnyOf(parts)
