"""The page between an edit by hand and its saving, where training follows from it: what it does, and the last word."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lms.access import guard
from lms.people import actions
from lms.people.kinds import Follows
from lms.people.models import Department, Group, User
from lms.ui import http, partials

Made = TypeVar("Made")
SEEN: Final = "fingerprint"
SAVE: Final = "save"
BACK: Final = "back"
_OWN = {SEEN, SAVE, BACK, "csrfmiddlewaretoken"}


def seen(request: HttpRequest) -> str | None:
    """The digest of what somebody saw and says yes to; None: nothing was shown yet."""
    return request.POST.get(SEEN, "")[:64] if SAVE in request.POST else None


def save(
    request: HttpRequest,
    write: Callable[[], Made],
    *,
    people: Collection[int],
    at: datetime,
    others: Collection[User] = (),
    adds: Callable[[Made], int] | None = None,
) -> Made:
    """Save what `write` writes about these people, if what follows was seen. As `actions.save_seen`."""
    return actions.save_seen(write, people=people, seen=seen(request), at=at, others=others, adds=adds)


def propose(
    request: HttpRequest, of: Department | Group, values: Mapping[str, Any], follows: Follows, *, at: datetime
) -> HttpResponse:
    """Ask a second person for what concerns so many, and show the question."""
    try:
        asked = actions.propose(of=of, values=values, follows=follows, by=guard.viewer(request), at=at)
    except actions.EditRefused as refusal:
        messages.error(request, str(refusal))
        if isinstance(of, Department):
            return http.see_other("people:department-list")
        return http.see_other("people:group-detail", public_id=of.public_id)
    messages.success(request, _("Everybody else who may agree was asked. Nothing is saved yet."))
    return http.see_other("people:edit-detail", public_id=asked.public_id)


def is_back(request: HttpRequest) -> bool:
    """Whether somebody goes back from that page to the form, with what they had typed."""
    return BACK in request.POST


def page(
    request: HttpRequest,
    shown: actions.ToSee,
    *,
    title: str,
    lede: str,
    save: str,
    back_url: str = "",
    is_of_one: bool = True,
) -> HttpResponse:
    """What follows. It sends the same form again; `back_url`: there is no form to go back to, but this page.

    `save` is what the button says; `is_of_one`: the page is about one person, whom it names.
    """
    typed = [(name, value) for name, values in request.POST.lists() if name not in _OWN for value in values]
    context = {
        "follows": shown.follows,
        "is_stale": shown.is_stale,
        "is_of_one": is_of_one,
        "typed": typed,
        "title": title,
        "lede": lede,
        "takes_two": shown.takes_two,
        "save_label": _("Ask a second person") if shown.takes_two else save,
        "back_url": back_url,
    }
    status = 422 if shown.is_stale else 200
    return partials.render_page(request, "people/look.html", context, status=status)
