"""What would have left this machine."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from config.mailbox.store import Mailbox, Opened
from lms.access import guard
from lms.ui import filters, paging, partials

REASON = "exists in local runs only, where nobody could sign in before reading the first code"

# The frame runs nothing, loads nothing and knows nothing of the page around it; links open beside it.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


def _mailbox() -> Mailbox:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Mailbox(Path(settings.MAILBOX_DIR))


def _opened_or_404(name: str) -> Opened:
    opened = _mailbox().open(name)
    if opened is None:
        raise Http404
    return opened


@guard.open_to_all(REASON)
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """Every caught message, newest first."""
    mailbox = _mailbox()
    chosen = filters.FilterSet(request.GET, [filters.Search("to", _("To"))])
    if chosen.is_active:
        page = paging.page_of(mailbox.to(chosen.values["to"]), request)
        heads = list(page)
    else:
        page = paging.page_of(mailbox.names(), request)
        heads = mailbox.heads(list(page))
    context = {"filters": chosen, "page": page, "messages_caught": heads}
    return partials.render_page(request, "mailbox/message_list.html", context)


@guard.open_to_all(REASON)
@require_GET
def message_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One message: text, HTML in a frame, headers."""
    return partials.render_page(request, "mailbox/message_detail.html", {"message": _opened_or_404(name)})


@guard.open_to_all(REASON)
@require_GET
@xframe_options_sameorigin
def message_page(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML body alone, for the frame."""
    message = _opened_or_404(name)
    if not message.html:
        raise Http404
    page = message.html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(page, headers={"Content-Security-Policy": FRAME_POLICY})
