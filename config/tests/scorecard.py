"""The scorecard: isolation tests count what they try, while they try it.

A test marked `@pytest.mark.isolation("I16")` belongs to that item of config.isolation.items: that it passed or failed
is counted by itself. What it tried it counts through the fixture:

    scorecard.count("I16", rows=812, foreign=0)         # added up over all tests and processes
    scorecard.saw("I1", addresses=[...], roles=[...])   # how many different ones

`make isolation` runs every marked test with `IS_FULL` true: tests that have a small and a large form then take the
large one.
"""

import os
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from config.isolation import report
from config.isolation.items import FOLDER_VARIABLE, ITEMS, ITEMS_VARIABLE

# Whether make isolation runs: time is there for everything, not for a sample. Known while tests are collected.
IS_FULL = FOLDER_VARIABLE in os.environ


class Scorecard:
    """What this process has counted so far."""

    def __init__(self) -> None:
        self.cards: report.Cards = {}

    def count(self, item: str, **figures: int) -> None:
        """Add to figures of an item of config.isolation.items."""
        self._card(item).add(figures)

    def saw(self, item: str, **names: Iterable[str]) -> None:
        """Remember names; the report says how many different ones there were."""
        self._card(item).see({name: set(values) for name, values in names.items()})

    def _card(self, item: str) -> report.Card:
        if item not in ITEMS:
            raise KeyError(f"{item} is not an item of config.isolation.items")
        return self.cards.setdefault(item, report.Card())


_scorecard = Scorecard()


@pytest.fixture
def scorecard() -> Scorecard:
    """Where an isolation test counts what it tried."""
    return _scorecard


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = set(os.environ.get(ITEMS_VARIABLE, "").split())
    if not wanted:
        return
    unwanted = [each for each in items if not wanted & _items_of(each)]
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [each for each in items if wanted & _items_of(each)]


def _items_of(test: pytest.Item) -> set[str]:
    return {name for mark in test.iter_markers("isolation") for name in mark.args}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, None]:
    outcome = yield
    result = outcome.get_result()
    for name in _items_of(item):
        if result.failed:
            _scorecard.count(name, failed=1)
        elif result.when == "call" and result.passed:
            _scorecard.count(name, tests=1)


def pytest_sessionfinish() -> None:
    if folder := os.environ.get(FOLDER_VARIABLE):
        report.save(_scorecard.cards, Path(folder) / f"{os.getpid()}.json")
