"""The tests of a rule against one person, in the groups in which the rule has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from . import audience
from .audience import All, Any, Check, Not, Rule

_ALONE = {"active", "appointment"}


@dataclass(frozen=True, slots=True)
class Group:
    """Tests that stand together. `word`: "all", "any", "none" or "not_all" of them; `is_met`: whether that holds."""

    word: str
    is_met: bool
    parts: tuple[Part, ...]


Part: TypeAlias = "Group | Check"


def grouped(rule: Rule, checks: Sequence[Check]) -> tuple[Part, ...]:
    """The tests that `explain` answered for this rule, in its groups; what it says before them stands before them."""
    count = sum(1 for _leaf in audience.leaves(rule))
    before, tests = checks[: len(checks) - count], checks[len(checks) - count :]
    if len(checks) < count or any(check.test in _ALONE for check in checks):
        return tuple(checks)
    return (*before, _part(rule, iter(tests), True))


def _part(rule: Rule, tests: Iterator[Check], wanted: bool) -> Part:
    """One part of the rule, with its tests taken from the front; without `wanted` what is asked is that it not hold."""
    match rule:
        case Not(part):
            return _part(part, tests, not wanted)
        case All(parts) | Any(parts):
            inside = tuple(_part(each, tests, wanted) for each in parts)
            if len(inside) == 1:
                return inside[0]
            is_all = isinstance(rule, All)
            words = ("all", "any") if wanted else ("not_all", "none")
            met = [each.is_met for each in inside]
            # Each test inside a *not* says already whether it is as it should be.
            is_met = all(met) if is_all is wanted else any(met)
            return Group(words[0 if is_all else 1], is_met, inside)
        case _:
            return next(tests)
