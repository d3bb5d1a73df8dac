"""What will leave next, to whom, and why: before it does."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from compliance.reminders import queries, rules
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import partials
from tenants import clock

SHOWN = 50


@guard.needs(Permission.REPORTS_VIEW)
@require_safe
def upcoming(request: HttpRequest) -> HttpResponse:
    """The days ahead with their numbers, and the first lines of the next turn."""
    now = clock.now()
    today = clock.today(now)
    first = queries.next_turn_on(today=today, at=now)
    days = queries.upcoming_days(today=today, first=first)
    next_day = days[0] if days else None
    context = {
        "days": days,
        "next_day": next_day,
        "lines": queries.upcoming_notices(today=today, first=first, send_on=next_day.on, limit=SHOWN)
        if next_day
        else [],
        "above_days": queries.above_days(today=today, first=first),
        "shown": SHOWN,
        "opens_at": rules.OPENS_AT,
        "zone": clock.zone().key,
        "as_of": now,
    }
    return partials.render_page(request, "reminders/upcoming.html", context)
