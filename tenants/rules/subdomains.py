"""Which subdomain a university may have.

Internationalised names are refused: a browser shows them in two spellings, and some letters of other
scripts cannot be told from ours.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from tenants.rules import lookalikes, reserved

SHORTEST = 3
LONGEST = 30
# Letters, digits and single hyphens; begins with a letter and does not end with a hyphen.
SHAPE = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,28}[a-z0-9]")

_RESERVED_SHAPES = frozenset(lookalikes.skeleton(name) for name in reserved.RESERVED)
_WELL_KNOWN_SHAPES = {lookalikes.skeleton(name): domains for name, domains in reserved.WELL_KNOWN.items()}


class SubdomainRefused(ValueError):
    """The name cannot be used. ``sentence`` is for the person who typed it, ``code`` for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def parse_subdomain(text: str, *, may_be_reserved: bool = False) -> str:
    """The subdomain in its one spelling; raises `SubdomainRefused` with a sentence that says what to change.

    Capital letters and blanks around are forgiven. Whether the name is *free* is not known here. An operator
    may take a reserved name, such as "demo".
    """
    typed = text.strip()
    # Before lower(): the Kelvin sign and others become ASCII letters by it.
    if not typed.isascii():
        raise SubdomainRefused(
            "letters",
            _("“%(name)s” has letters outside a–z. Use the letters a to z, digits and hyphens.")
            % {"name": typed[:60]},
        )
    name = typed.lower()
    _refuse_bad_shape(name)
    if not may_be_reserved:
        _refuse_kept_back(name)
    return name


def _refuse_bad_shape(name: str) -> None:
    """Each way of being malformed has its own sentence; the last is for what none of them describes."""
    if not name:
        raise SubdomainRefused("empty", _("Enter the address your site should have."))
    if "." in name or "/" in name or ":" in name:
        raise SubdomainRefused("dots", _("Enter only the first part of the address, without dots."))
    if unknown := re.search(r"[^a-z0-9-]", name):
        shown = unknown.group() if unknown.group().isprintable() else repr(unknown.group())
        raise SubdomainRefused(
            "characters",
            _("“%(character)s” cannot be in an address. Use the letters a to z, digits and hyphens.")
            % {"character": shown},
        )
    if name.startswith("xn-"):
        raise SubdomainRefused(
            "punycode", _("An address cannot begin with “xn-”: that marks names in other alphabets.")
        )
    if "--" in name:
        raise SubdomainRefused("hyphens", _("Two hyphens in a row are not allowed. Use one."))
    if name.startswith("-") or name.endswith("-"):
        raise SubdomainRefused("edges", _("An address begins with a letter and does not end with a hyphen."))
    if not name[0].isalpha():
        raise SubdomainRefused("first", _("An address begins with a letter."))
    _refuse_bad_length(name)
    if not SHAPE.fullmatch(name):  # pragma: no cover - the sentences above name every way
        raise SubdomainRefused("shape", _("Use the letters a to z, digits and single hyphens."))


def _refuse_bad_length(name: str) -> None:
    if len(name) < SHORTEST:
        raise SubdomainRefused(
            "short",
            _("An address has at least %(least)d characters; this has %(count)d.")
            % {"least": SHORTEST, "count": len(name)},
        )
    if len(name) > LONGEST:
        raise SubdomainRefused(
            "long",
            _("An address has at most %(most)d characters; this has %(count)d.")
            % {"most": LONGEST, "count": len(name)},
        )


def _refuse_kept_back(name: str) -> None:
    if lookalikes.skeleton(name) in _RESERVED_SHAPES or any(
        part in reserved.OFFENSIVE for part in (name, *name.split("-"))
    ):
        # One neutral sentence for both: nobody learns a list by trying.
        raise SubdomainRefused(
            "reserved", _("“%(name)s” is reserved. Choose another address.") % {"name": name}
        )


def refuse_if_lookalike(name: str, skeletons_in_use: Iterable[str]) -> None:
    """Raise when a name already in use would be taken for this one. The other name is not told."""
    if lookalikes.skeleton(name) in frozenset(skeletons_in_use):
        raise SubdomainRefused(
            "lookalike",
            _("“%(name)s” is taken, or looks too much like an address in use. Choose another one.")
            % {"name": name},
        )


def may_claim(name: str, domain: str) -> bool:
    """Whether the name is nobody's, or that of the well-known university whose `domain` this is, or is below it."""
    domains = _WELL_KNOWN_SHAPES.get(lookalikes.skeleton(name), ())
    return not domains or any(domain == own or domain.endswith("." + own) for own in domains)


def refuse_if_claimed(name: str, *, email_domain: str) -> None:
    """Raise when the name belongs to a well-known university and the address is not one of theirs."""
    if may_claim(name, email_domain):
        return
    domains = _WELL_KNOWN_SHAPES[lookalikes.skeleton(name)]
    raise SubdomainRefused(
        "claimed",
        _(
            "“%(name)s” is kept for the university whose addresses end in %(domain)s. "
            "Sign up with such an address, or choose another one."
        )
        % {"name": name, "domain": domains[0]},
    )
