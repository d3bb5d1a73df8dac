"""Systems that are told: whoever keeps the site in order adds them, tries them and ends them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.consequences import actions, queries
from compliance.consequences.enums import ReceiverState
from compliance.consequences.forms import ReceiverForm
from compliance.consequences.models import Receiver
from lms.access import guard
from lms.access.permissions import Permission
from lms.ui import http, paging, partials
from tenants import clock, limits
from tenants.context import require_tenant

LIST = "consequences/systems.html"
PAGE = "consequences/system.html"
# Below the calls stands what can be changed.
CALLS = 10
# A test waits for the other system, up to some seconds each.
MOST_TESTS, HOUR = 30, timedelta(hours=1)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def system_list(request: HttpRequest) -> HttpResponse:
    """All systems, and a new one. Its secret stands on the answer to the form, and nowhere again."""
    form, added, secret = ReceiverForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            added, secret = actions.add_receiver(
                **form.cleaned_data, by=guard.viewer(request), at=clock.now()
            )
        except actions.Refused as error:
            form.add_error(None, str(error))
        else:
            form = ReceiverForm()
    context = {"form": form, "systems": queries.receivers(), "added": added, "secret": secret}
    return partials.render_page(request, LIST, context, status=422 if form.is_bound else 200)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One system: its state and its calls, and what can be done with it."""
    found = _found(public_id)
    if request.method != "POST":
        return _page(request, found)
    form = ReceiverForm(request.POST, receiver=found)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    _try(
        request,
        _("Saved. The next call goes there."),
        lambda: actions.change_receiver(found, **form.cleaned_data, by=guard.viewer(request), at=clock.now()),
    )
    return _back(public_id)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_POST
def secret(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new signing secret, shown on this answer only. Sending the same form again makes no other one."""
    found = _found(public_id)
    if request.POST.get("rotation") != str(found.rotation):
        messages.error(request, _("A newer secret was made meanwhile. Look at the page again."))
        return _back(public_id)
    try:
        made = actions.rotate_secret(
            found, is_at_once="at_once" in request.POST, by=guard.viewer(request), at=clock.now()
        )
    except actions.Refused as error:
        messages.error(request, str(error))
        return _back(public_id)
    return _page(request, _found(public_id), secret=made)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_POST
def test(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call it once about nobody, and say what it answered."""
    found = _found(public_id)
    # Counted by site: a system that is added anew gives no more of them.
    if not limits.allows("webhook-test", str(require_tenant().id), most=MOST_TESTS, within=HOUR):
        messages.error(request, _("Systems were tested many times within an hour. Try again later."))
        return _back(public_id)
    answer = actions.send_test(found, at=clock.now())
    if answer.is_taken:
        messages.success(request, _("It took the test message (%(status)s).") % {"status": answer.status})
    elif answer.status is not None:
        facts = {"status": answer.status, "text": answer.text}
        messages.error(request, _("It answered %(status)s: %(text)s") % facts)
    else:
        messages.error(request, _("It could not be reached: %(text)s") % {"text": answer.text})
    return _back(public_id)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_POST
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Pause it, turn it on again, or end it."""
    found, to = _found(public_id), request.POST.get("to", "")
    decided: dict[str, Any] = {"by": guard.viewer(request), "at": clock.now()}
    if to == "end":
        ended = _("“%(name)s” is ended. It is told nothing any more.") % {"name": found.name}
        drops = int(given) if len(given := request.POST.get("drops", "")) < 10 and given.isdecimal() else 0
        is_done = _try(request, ended, lambda: actions.end_receiver(found, drops=drops, **decided))
        return http.see_other("consequences:systems") if is_done else _back(public_id)
    if to == "pause":
        _try(request, _("Paused."), lambda: actions.pause_receiver(found, **decided))
    elif to == "resume":
        _try(request, _("It is told again."), lambda: actions.resume_receiver(found, **decided))
    return _back(public_id)


@guard.needs(Permission.SETTINGS_CHANGE)
@require_POST
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a call again that failed or was dropped."""
    call = queries.delivery(public_id)
    if call is None:
        raise Http404
    _try(
        request,
        _("It is being sent again."),
        lambda: actions.send_again(call, by=guard.viewer(request), at=clock.now()),
    )
    if call.receiver.state == ReceiverState.ENDED:
        return http.see_other("consequences:systems")
    return _back(call.receiver.public_id)


def _page(
    request: HttpRequest,
    found: Receiver,
    *,
    form: ReceiverForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    context = {
        "system": found,
        "form": form or ReceiverForm(initial={"name": found.name, "url": found.url}, receiver=found),
        "secret": secret,
        "is_overlapping": found.overlap_until is not None and now < found.overlap_until,
        "consequences": queries.consequences_at(found.pk),
        "waiting": queries.waiting_at(found.pk).count(),
        "page": paging.page_of(queries.deliveries(found.pk), request, per_page=CALLS),
    }
    return partials.render_page(request, PAGE, context, status=status)


def _try(request: HttpRequest, done: str, deed: Any) -> bool:
    """Do it, and say that it is done or why it is not."""
    try:
        deed()
    except actions.Refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def _back(public_id: UUID) -> HttpResponse:
    return http.see_other("consequences:system", public_id=public_id)


def _found(public_id: UUID) -> Receiver:
    found = queries.receiver(public_id)
    if found is None:
        raise Http404
    return found
