"""The deeds that are recorded, in words. Apps register theirs in `apps.ready()`."""

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}
_administration: set[str] = set()


def register(action: str, label: str | Promise, *, administers: bool = False) -> None:
    """Give a deed its words, to stand after a name: "imported people".

    A deed that `administers` is refused while the tenant's status does not allow administration: by the guards of
    the pages, and once more here, so that no command, job or forgotten page slips through.
    """
    _labels[action] = label
    if administers:
        _administration.add(action)


def label(action: str) -> str:
    """The words of a deed; of one that is no longer known, its name."""
    return str(_labels.get(action) or action)


def administers(action: str) -> bool:
    """Whether the deed is administration."""
    return action in _administration


def registered() -> list[str]:
    """Every deed that was registered, by name."""
    return sorted(_labels)
