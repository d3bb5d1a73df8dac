"""How many people there are, for whoever runs the service."""

import datetime as dt

from lms.people.models import User


def measure(*, at: dt.datetime) -> dict[str, object]:
    """The number of people who may sign in; all that the operator of the service sees of them."""
    return {"people": User.objects.filter(is_active=True).count()}
