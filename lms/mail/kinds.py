"""The kinds of message. Apps register theirs in `apps.ready()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from lms.mail.enums import Category
from tenants.rules.lifecycle import Deed

if TYPE_CHECKING:
    from lms.mail.models import Message

# Mail of sign-in and account: its words are given when it is queued, and are not kept.
ACCOUNT_FAMILY = "account."

_PRIORITIES = {Category.ACCOUNT: 0, Category.REQUIRED: 5, Category.ACTIVITY: 9}


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message, `<app>.<what>`.

    `context` is the dotted path of `def f(message) -> dict | None`, called inside the tenant when the message is
    about to leave: the dict fills the templates `mail/<app>/<what>.{subject.txt,txt,html}`, None says that it is
    no longer wanted. Without `context` the words are given when it is queued. `keeps_copy=False` is for secrets.
    `deed` is what the tenant's status must allow when it leaves; where it does not, the message is suppressed.
    """

    key: str
    category: Category
    label: str | Promise
    context: str = ""
    keeps_copy: bool = True
    deed: Deed = Deed.SERVE

    @property
    def priority(self) -> int:
        """Lower leaves first."""
        return _PRIORITIES[self.category]

    @property
    def template(self) -> str:
        """The path of its templates, without the ending."""
        return f"mail/{self.key.replace('.', '/', 1)}"

    def facts_of(self, message: "Message") -> Mapping[str, Any] | None:
        """What fills the templates; None when the message is no longer wanted."""
        find: Callable[[Message], Mapping[str, Any] | None] = import_string(self.context)
        return find(message)


class UnknownKind(LookupError):
    """No app has registered this kind of message."""


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> None:
    """Make a kind known; the same twice is fine, another under the same key is an error."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"Two kinds of message are called {kind.key!r}.")


def find(key: str) -> MessageKind:
    """The kind of this key. Any `account.…` is one; other unknown keys raise UnknownKind."""
    if key in _kinds:
        return _kinds[key]
    if key.startswith(ACCOUNT_FAMILY):
        return MessageKind(key, Category.ACCOUNT, _("Sign-in and account"), keeps_copy=False)
    raise UnknownKind(key)


def registered() -> list[MessageKind]:
    """Every kind that was registered, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
