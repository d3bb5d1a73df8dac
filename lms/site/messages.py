"""The letter about an event of the site."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from lms.site import kinds
from tenants import links

if TYPE_CHECKING:
    from lms.mail.models import Message


def event(message: "Message") -> dict[str, Any]:
    """What the letter says; always wanted, since it is about the site itself."""
    found, facts = kinds.find(message.facts["kind"]), message.facts["facts"]
    return {
        "title": str(found.title),
        "sentences": found.sentences(facts),
        "by": message.facts["by"],
        "reason": message.facts["reason"],
        "at": dt.datetime.fromisoformat(message.facts["at"]),
        "history_url": links.absolute("/settings/site/history/"),
    }
