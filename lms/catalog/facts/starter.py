"""The courses that come with the product."""

from pathlib import Path

from lms.catalog.facts import folders, sources
from lms.catalog.facts.plan import CoursePlan

FOLDER = Path(__file__).resolve().parent.parent / "starter"
FIRST_KEY = "recognising-phishing"


class StarterIsBroken(Exception):
    """The course we ship does not pass our own checks: a fault in the product."""


def first_course() -> CoursePlan:
    """The course a new university begins with."""
    reading = folders.read(sources.from_folder(FOLDER / FIRST_KEY))
    if reading.plan is None or reading.problems:
        raise StarterIsBroken(reading.problems)
    return reading.plan
