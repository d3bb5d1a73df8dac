"""Whom and what another system asks about."""

from uuid import UUID

from django.utils.translation import gettext as _

from compliance.requirements import queries as requirements
from lms.people import queries as people


def who_and_what(person: str, requirement: UUID) -> tuple[int, int] | str:
    """(user id, requirement id) of an e-mail address or employee ID and a public id; a sentence when there is none."""
    found = people.people_by_keys([person]).get(person.lower(), [])
    if not found:
        return _("Nobody here has this e-mail address or employee ID.")
    if len(found) > 1:
        return _("This is the e-mail address of one person and the employee ID of another.")
    requirement_id = requirements.id_in_force(requirement)
    if requirement_id is None:
        return _("There is no requirement in force with this public ID.")
    return found[0].pk, requirement_id
