"""What both sides agree to, by version. A version that somebody accepted is never changed, only followed by another."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Terms:
    """The text of an agreement: what is shared, what never is, and how it ends."""

    version: str
    shared: tuple[Promise, ...]
    never: tuple[Promise, ...]
    ending: tuple[Promise, ...]


CURRENT = "2026-11"
VERSIONS = {
    CURRENT: Terms(
        version=CURRENT,
        shared=(
            _("How many people have at least one requirement in force, and how many of them are compliant."),
            _("The same two numbers for each requirement in force, with its title."),
            _("Both once a day, and as they stood at the end of each month since the agreement began."),
        ),
        never=(
            _("No name, e-mail address, date of a person, course result or certificate."),
            _(
                "No number about a group of fewer than five people, and none from which one could be worked out."
            ),
        ),
        ending=(
            _("Either site can end this at any time, without a reason and without asking the other."),
            _("It ends at that moment: the numbers are deleted, and no new ones are sent."),
            _("Both sites keep in their audit logs that there was an agreement, and who began and ended it."),
        ),
    )
}


def find(version: str) -> Terms:
    """The text of a version; of one that this release does not know, the present one."""
    return VERSIONS.get(version, VERSIONS[CURRENT])
