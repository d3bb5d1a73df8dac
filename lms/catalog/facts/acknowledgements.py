"""What learners sign at the end of a course: the table [acknowledgement] of course.toml."""

import re
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from lms.catalog.facts.fields import Fields
from lms.catalog.facts.plan import AcknowledgementPlan

NAMES = ("text", "policy", "version", "address")
LONGEST_STATEMENT = 4000
_HEAD = re.compile(r"\s*\[\s*acknowledgement\s*\]")
_ADDRESS = re.compile(r"https://[^\s/@?#]+(?:[/?#]\S*)?")


def read_acknowledgement(course: Fields) -> AcknowledgementPlan | None:
    """The statement as far as it can be read; None where the course has none, or nothing that could be signed."""
    given = course.values.get("acknowledgement")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        course.error(
            "acknowledgement",
            _("“acknowledgement” must be a table."),
            _('Write a line [acknowledgement], and below it text = "…".'),
        )
        return None
    table = _block(course, given)
    table.refuse_others(NAMES)
    text = table.text(
        "text", longest=LONGEST_STATEMENT, example=_("I have read the policy and will follow it.")
    )
    policy = table.text("policy", required=False, longest=120)
    version = table.text("version", required=False, longest=60)
    address = table.text("address", required=False, longest=300)
    if address and not _ADDRESS.fullmatch(address):
        table.error(
            "address",
            _("This is not an address that people can open."),
            _('Write it like address = "https://example.edu/policy".'),
        )
        address = ""
    if (version or address) and not policy:
        table.error(
            "version" if version else "address",
            _("The policy that this belongs to has no name."),
            _('Add policy = "…" with the title of the policy.'),
        )
        return None
    return AcknowledgementPlan(text, policy, version, address) if text else None


def _block(course: Fields, given: Mapping[str, object]) -> Fields:
    """The table with the lines it stands on."""
    start = next((index for index, line in enumerate(course.lines) if _HEAD.match(line)), 0)
    return replace(course, values=given, lines=course.lines[start:], first_line=course.first_line + start)
