"""Which controls of laws the duties answer."""

from django.urls import reverse

from compliance.program.enums import DutyState
from compliance.program.models import Duty
from compliance.requirements import queries as requirements


def answers() -> list[requirements.Answering]:
    """Every control that a duty cites which is not retired, by the duty's name; one statement."""
    found = []
    for duty in Duty.objects.exclude(state=DutyState.RETIRED).order_by("title", "pk"):
        href = reverse("program:detail", args=[duty.public_id])
        found += [
            requirements.Answering(
                duty.title, href, duty.state, duty.get_state_display(), duty.is_on, cited, is_duty=True
            )
            for cited in requirements.cited(duty.authorities)
        ]
    return found
