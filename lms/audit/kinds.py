"""The deeds that are recorded, in words. Apps register theirs in `apps.ready()`."""

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def register(action: str, label: str | Promise) -> None:
    """Give a deed its words, to stand after a name: "imported people"."""
    _labels[action] = label


def label(action: str) -> str:
    """The words of a deed; of one that is no longer known, its name."""
    return str(_labels.get(action) or action)
