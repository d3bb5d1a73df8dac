"""The page between an edit by hand and its saving, where training follows from it: what it does, and the last word."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, TypeVar

from django.http import HttpRequest, HttpResponse

from lms.people import actions
from lms.ui import partials

Made = TypeVar("Made")
SEEN: Final = "fingerprint"
SAVE: Final = "save"
BACK: Final = "back"
_OWN = {SEEN, SAVE, BACK, "csrfmiddlewaretoken"}


def seen(request: HttpRequest) -> str | None:
    """The digest of what somebody saw and says yes to; None: nothing was shown yet."""
    return request.POST.get(SEEN, "")[:64] if SAVE in request.POST else None


def save(request: HttpRequest, write: Callable[[], Made], *, people: Collection[int], at: datetime) -> Made:
    """Save what `write` writes about these people, if what follows was seen. Raises as `actions.save_seen`."""
    return actions.save_seen(write, people=people, seen=seen(request), at=at)


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
        "save_label": save,
        "back_url": back_url,
    }
    status = 422 if shown.is_stale else 200
    return partials.render_page(request, "people/look.html", context, status=status)
