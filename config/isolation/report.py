"""Merges what test processes counted, and writes it down: for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.isolation.items import ITEMS, MUST_BE_ZERO

_HEAD = """# Isolation: the scorecard

Two tenants live in every test, with equal ids and equal addresses and different words. Each figure below was counted
by a test while it ran. Written by `{command}` on {date}, at commit {commit}; {machine}; {seconds:.0f} seconds.
How each is tried: [the isolation suite](../guides/isolation.md).

| | What is tried | Tests | Counted | |
|---|---|---|---|---|
"""


@dataclass
class Card:
    """What was counted for one item: sums, and sets of which only the size is reported."""

    figures: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)

    def add(self, figures: dict[str, int]) -> None:
        for name, number in figures.items():
            self.figures[name] = self.figures.get(name, 0) + number

    def see(self, names: dict[str, set[str]]) -> None:
        for name, values in names.items():
            self.names.setdefault(name, set()).update(values)

    def counted(self) -> dict[str, int]:
        """Every figure by name, without the number of tests."""
        sizes = {name: len(values) for name, values in self.names.items()}
        return sizes | {name: number for name, number in self.figures.items() if name != "tests"}

    @property
    def tests(self) -> int:
        return self.figures.get("tests", 0)

    @property
    def faults(self) -> dict[str, int]:
        """Figures that should be zero and are not."""
        return {name: number for name, number in self.counted().items() if number and name in MUST_BE_ZERO}


Cards = dict[str, Card]


def save(cards: Cards, path: Path) -> None:
    """One process's share."""
    data = {
        item: {"figures": card.figures, "names": {name: sorted(found) for name, found in card.names.items()}}
        for item, card in cards.items()
    }
    path.write_text(json.dumps(data), encoding="utf-8")


def merge(folder: Path) -> Cards:
    """Every process's share in one."""
    cards: Cards = {}
    for path in sorted(folder.glob("*.json")):
        for item, share in json.loads(path.read_text(encoding="utf-8")).items():
            card = cards.setdefault(item, Card())
            card.add(share["figures"])
            card.see({name: set(values) for name, values in share["names"].items()})
    return cards


def as_json(cards: Cards, facts: dict[str, Any]) -> str:
    """For programs: the facts of the run, then every item."""
    items = {
        item: {"title": title, "tests": card.tests, "counted": card.counted(), "verdict": verdict(card)}
        for item, title in ITEMS.items()
        for card in [cards.get(item, Card())]
    }
    return json.dumps({**facts, "items": items}, indent=2) + "\n"


def verdict(card: Card) -> str:
    """One word for one item."""
    if card.faults:
        return "FAULT"
    return "holds" if card.tests or card.counted() else "not tried"


def as_markdown(cards: Cards, facts: dict[str, Any]) -> str:
    """For people: one line an item."""
    lines = [_HEAD.format(**facts)]
    for item, title in ITEMS.items():
        card = cards.get(item, Card())
        lines.append(f"| {item} | {title} | {card.tests or ''} | {_sentence(card)} | {verdict(card)} |\n")
    return "".join(lines)


def as_text(cards: Cards) -> str:
    """For a terminal."""
    lines = []
    for item, title in ITEMS.items():
        card = cards.get(item, Card())
        lines.append(f"{item:<4} {verdict(card):<10} {title}: {_sentence(card) or '-'} ({card.tests} tests)")
    return "\n".join(lines)


def _sentence(card: Card) -> str:
    ordered = sorted(card.counted().items(), key=lambda pair: pair[0] in MUST_BE_ZERO)
    return ", ".join(
        f"{name.replace('_', ' ')} {number:,}".replace(",", " ") for name, number in ordered
    ).replace("  ", " ")


def machine() -> str:
    """What it ran on, in a few words."""
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
