"""The message log, and each person's own messages."""

from uuid import UUID

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from lms.access import guard
from lms.access.permissions import Permission
from lms.mail import actions, kinds, queries
from lms.mail.enums import Category
from lms.mail.models import Message
from lms.ui import filters, http, paging, partials
from tenants import clock
from tenants.lifecycle import refusals
from tenants.outbox import OutboxState
from tenants.rules.lifecycle import Deed

# A message is shown in a frame that runs nothing, loads nothing and knows nothing of the page around it.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


def _filters(request: HttpRequest) -> filters.FilterSet:
    return filters.FilterSet(
        request.GET,
        [
            filters.Search("q", gettext_lazy("Name, address or subject")),
            filters.Choice("state", gettext_lazy("State"), OutboxState.choices),
            filters.Choice("category", gettext_lazy("Kind"), Category.choices),
        ],
    )


def _visible_or_404(request: HttpRequest, public_id: UUID) -> Message:
    """A message of one's own, or any for those who may read the log."""
    message = queries.find(public_id)
    may_read_all = Permission.MESSAGES_VIEW in guard.viewer(request).permissions
    if message is None or not (may_read_all or message.user_id == request.user.pk):
        raise Http404
    return message


@guard.needs(Permission.MESSAGES_VIEW)
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """Every message, newest first."""
    chosen = _filters(request)
    values = chosen.values
    rows = queries.log(
        search=values.get("q", ""), state=values.get("state", ""), category=values.get("category", "")
    )
    page = paging.page_of(rows, request)
    context = {
        "filters": chosen,
        "page": page,
        "counts": queries.counts(),
        "daily_limit": actions.held_back_by(clock.now()),
    }
    return partials.render_page(request, "mail/pages/message_list.html", context)


@guard.signed_in
@require_GET
def own_messages(request: HttpRequest) -> HttpResponse:
    """What we sent to whoever is asking."""
    rows = queries.log(user_id=guard.viewer(request).pk, state=OutboxState.SENT)
    page = paging.page_of(rows, request)
    return partials.render_page(request, "mail/pages/own_messages.html", {"page": page})


@guard.signed_in_or_support(Permission.MESSAGES_VIEW)
@require_GET
def message_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message: what became of it, and its words."""
    message = _visible_or_404(request, public_id)
    kind = kinds.find(message.kind)
    context = {
        "message": message,
        "kind": kind,
        "is_own": message.user_id == request.user.pk,
        "may_resend": message.state == OutboxState.FAILED and message.is_copy_kept and _may_send(request),
    }
    return partials.render_page(request, "mail/pages/message_detail.html", context)


def _may_send(request: HttpRequest) -> bool:
    """Whether pressing the button would do something: support only reads, and so does a site that is read-only."""
    viewer = guard.viewer(request)
    may_read = Permission.MESSAGES_VIEW in viewer.permissions and not guard.is_support(viewer)
    return may_read and refusals.allowed(Deed.ADMINISTER)


@guard.signed_in_or_support(Permission.MESSAGES_VIEW)
@require_GET
@xframe_options_sameorigin
def message_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The HTML of a message as it was sent, to be framed by its page."""
    message = _visible_or_404(request, public_id)
    if not message.html:
        raise Http404
    # Links open beside the frame, not in it.
    page = message.html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(page, headers={"Content-Security-Policy": FRAME_POLICY})


@guard.needs(Permission.MESSAGES_VIEW)
@require_POST
def message_resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a message again."""
    message = _visible_or_404(request, public_id)
    if actions.resend(message=message, by=guard.viewer(request), at=clock.now()):
        flash.success(request, _("The message is on its way again."))
    else:
        flash.info(request, _("Nothing was sent: the message had not failed."))
    return http.see_other("mail:message-detail", public_id=public_id)
