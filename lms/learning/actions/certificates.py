"""What others write onto certificates."""

import datetime as dt

from django.db import transaction

from lms.learning.models import Certificate


@transaction.atomic
def set_validity(
    *, enrollment_id: int, valid_from: dt.date, valid_until: dt.date | None, at: dt.datetime
) -> None:
    """Write the dates of the cycle that the enrollment satisfied; without a certificate nothing happens.

    The dates are days in the tenant's zone; `at` is when they were decided.
    """
    Certificate.objects.filter(enrollment_id=enrollment_id, issued_at__lte=at).update(
        valid_from=valid_from, valid_until=valid_until
    )


@transaction.atomic
def set_revoked(*, enrollment_id: int, on: dt.date | None) -> None:
    """Say on the certificate from which day (tenant's zone) it proves nothing any more; None: it does again."""
    Certificate.objects.filter(enrollment_id=enrollment_id).update(revoked_on=on)
