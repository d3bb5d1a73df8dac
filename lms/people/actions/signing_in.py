"""What a sign-in leaves behind: the first one is a fact about the person."""

from datetime import datetime

from django.db import transaction

from lms.people import events
from lms.people.models import User


def note_first_sign_in(*, user: User, at: datetime) -> bool:
    """Write down that the person signed in at that moment (UTC), if they never did before; answers whether it was so.

    Called by whatever signs a person themselves in, once they are through: by password, code, invitation. Not for a
    visit of support or a call with an access key: those are not the person.
    """
    if user.first_signed_in_at is not None:
        return False
    with transaction.atomic():
        never = User.objects.filter(pk=user.pk, first_signed_in_at__isnull=True)
        if not never.update(first_signed_in_at=at):
            return False
        events.signed_in_first.send(sender=None, user_id=user.pk, at=at)
    user.first_signed_in_at = at
    return True
