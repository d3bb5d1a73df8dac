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
from lms.people import queries as people
from lms.ui import http, partials
from tenants import clock


@guard.needs(Permission.REMINDERS_SEND, scoped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """Confirm with counts; send on POST. The filters stay in the address.

    Who is on the list but not the viewer's to remind (who reports to them, say) is counted and left out.
    """
    now = clock.now()
    chosen, rows = chosen_people(request, Permission.REPORTS_VIEW, now)
    reach = people.reach(guard.viewer(request), Permission.REMINDERS_SEND, on=clock.today(now))
    listed = [row["user_id"] for row in rows]
    user_ids = [user_id for user_id in listed if reach.covers(user_id)]
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
        "listed_count": len(listed),
        "outside_count": len(listed) - len(user_ids),
        "leaves_at": reminder_queries.leaves_at(now),
    }
    return partials.render_page(request, "oversight/remind.html", context)
