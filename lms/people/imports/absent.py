"""Those who are on the roster and not in the file."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.access import roles
from lms.people.actions.days import end_appointments, refresh_days
from lms.people.enums import AffiliationSource
from lms.people.models import Affiliation, RoleGrant, RosterImport, RosterRow, User


def absent_from(roster: RosterImport, *, today: date) -> QuerySet[User]:
    """Who is on the roster today and not in this file. Owners are never among them."""
    return on_roster(today=today).exclude(
        Exists(RosterRow.objects.filter(roster_import=roster, user=OuterRef("pk")))
    )


def on_roster(*, today: date) -> QuerySet[User]:
    """Who is here through a roster today, owners left out."""
    current = Affiliation.objects.filter(user=OuterRef("pk"), source=AffiliationSource.ROSTER)
    current = current.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))
    owner = RoleGrant.objects.filter(user=OuterRef("pk"), role=roles.Owner.key)
    return User.objects.filter(Exists(current), ~Exists(owner), is_active=True)


def end(user_ids: Collection[int], *, today: date) -> None:
    """Today is the last day of what these people are through a roster, or it never begins.

    In the caller's transaction.
    """
    current = Affiliation.objects.filter(user_id__in=user_ids, source=AffiliationSource.ROSTER)
    end_appointments(affiliations=current.exclude(ends_on__lte=today), on=today)
    refresh_days(user_ids=user_ids)
