"""Whether a rule can mean anybody at all: every combination of facts that its conditions can tell apart is tried."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import product

from .audience import All, Any, Departments, Everyone, Kinds, Not, Rule
from .audience import leaves as leaves_of

MOST_WORLDS = 20_000
_OTHER = ""


class Sense(StrEnum):
    """For whom a rule can hold, whoever is or will be here."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


def sense(rule: Rule, paths: Iterable[tuple[str, ...]]) -> Sense:
    """Whether the rule holds for no appointment, for some, or for every one.

    `paths` are the departments there are, each as its own code and those above it. Conditions about anything but kinds
    and departments may hold or not, independently of each other: NEVER and ALWAYS are certain, SOMETIMES is not.
    A rule with more combinations than can be tried is SOMETIMES.
    """
    leaves = tuple(dict.fromkeys(leaves_of(rule)))
    kinds = [leaf for leaf in leaves if isinstance(leaf, Kinds)]
    places = [leaf for leaf in leaves if isinstance(leaf, Departments)]
    free = [leaf for leaf in leaves if not isinstance(leaf, Kinds | Departments | Everyone)]
    # One kind that no condition names stands for all of those.
    words = {word for leaf in kinds for word in leaf.kinds} | {_OTHER}
    of_kind = {tuple(word in leaf.kinds for leaf in kinds) for word in words}
    of_place = {tuple(any(code in leaf.codes for code in path) for leaf in places) for path in (*paths, ())}
    if len(of_kind) * len(of_place) * 2 ** len(free) > MOST_WORLDS:
        return Sense.SOMETIMES
    found = set()
    for by_kind, by_place, others in product(of_kind, of_place, product((False, True), repeat=len(free))):
        true: set[Rule] = {
            leaf
            for leaf, holds in zip((*kinds, *places, *free), (*by_kind, *by_place, *others), strict=True)
            if holds
        }
        found.add(_holds(rule, true))
        if len(found) > 1:
            return Sense.SOMETIMES
    return Sense.ALWAYS if True in found else Sense.NEVER


def _holds(rule: Rule, true: set[Rule]) -> bool:
    """The rule, given which of its conditions hold."""
    match rule:
        case All(parts):
            return all(_holds(part, true) for part in parts)
        case Any(parts):
            return any(_holds(part, true) for part in parts)
        case Not(part):
            return not _holds(part, true)
        case Everyone():
            return True
        case _:
            return rule in true
