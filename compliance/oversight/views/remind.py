"""Reminding the people of a list by hand: a page that says what will happen, then it happens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.oversight.views.everyone import chosen_people
from compliance.reminders import actions as reminders
from compliance.reminders import queries as reminder_queries
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.REMINDERS_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """Confirm with counts; send on POST. The filters stay in the address."""
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_VIEW, now)
    user_ids = [row["user_id"] for row in rows]
    back = f"{reverse('oversight:people')}{chosen.query()}"
    if request.method == "POST":
        queued = reminders.remind_now(
            user_ids=user_ids, today=clock.today(now), at=now, by=guard.viewer(request)
        )
        text = ngettext("%(n)d reminder is on its way.", "%(n)d reminders are on their way.", queued)
        messages.success(request, text % {"n": queued})
        return http.see_other(back)
    context = {
        "filters": chosen,
        "back": back,
        "found": reminder_queries.remindable(user_ids=user_ids, today=clock.today(now), at=now),
        "leaves_at": reminder_queries.leaves_at(now),
    }
    return partials.render_page(request, "oversight/remind.html", context)
