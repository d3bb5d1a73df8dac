"""The words of the site's own matters."""

from enum import StrEnum


class Audience(StrEnum):
    """Who gets an e-mail when something happens to the site. Whoever may read the audit log finds it there anyway."""

    NOBODY = "nobody"
    OWNERS = "owners"
    ADMINISTRATORS = "administrators"  # and owners
