"""What a newer version of a course may ask for: the training again, of everybody who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.records import queries as records
from compliance.records.enums import EventKind
from compliance.requirements import queries as requirements
from lms.catalog import queries as catalog
from tenants import clock

if TYPE_CHECKING:
    from compliance.requirements.models import Requirement

_NEWS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Again:
    """A requirement that may be asked for again, and the form that does it, filled in."""

    requirement: "Requirement"
    url: str


def material_again(today: date, at: datetime) -> list[tuple[catalog.NewVersion, list[Again]]]:
    """The versions whose change is material, each with the requirements that were not asked for again since."""
    found = catalog.materially_changed(at - _NEWS)
    asked = [(one, asked_again_by(requirements.asking_for(one.course_id), one, today)) for one in found]
    return [(one, again) for one, again in asked if again]


def asked_again_by(found: "Sequence[Requirement]", version: Any, today: date) -> list[Again]:
    """Of these requirements those that were not asked for again since this version was published; one statement.

    None where it was published long ago: by then people have gone through it anyway.
    """
    since = clock.today(version.published_at)
    if since < today - _NEWS:
        return []
    told = records.events().filter(
        kind=EventKind.CONTENT, happened_on__gte=since, ended_at__isnull=True, requirement__in=found
    )
    done = set(told.values_list("requirement_id", flat=True))
    title = _("Version %(number)s of “%(course)s”") % {"number": version.number, "course": version.title[:80]}
    said = {"kind": EventKind.CONTENT.value, "title": title, "on": since.isoformat()}
    return [
        Again(each, f"{reverse('oversight:event-new')}?{urlencode({'requirement': each.public_id, **said})}")
        for each in found
        if each.pk not in done
    ]
