"""The one parser of e-mail addresses: what it lets through is safe to put into a header and to compare."""

import re
import unicodedata

import idna
from django.utils.translation import gettext as _

from tenants.rules.host_names import is_real_label

LONGEST = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL_PART = 64  # RFC 5321 4.5.3.1.1

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class BadAddress(ValueError):
    """The text is not one plain e-mail address. ``sentence`` is for the person who typed it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse_address(text: str) -> str:
    """One address, lower-cased, its domain in ASCII (RFC 5891); raises `BadAddress`.

    Blanks and tabs around are forgiven. Not accepted: several addresses, display names, quoted or
    non-ASCII local parts, IP literals, single-label domains, control characters anywhere.
    """
    address = text.strip(" \t")
    if not address:
        raise BadAddress(_("Enter an e-mail address."))
    if any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in address):
        raise BadAddress(_("The e-mail address contains a line break or an invisible character. Remove it."))
    if re.search(r"[,;<>\s]", address):
        raise BadAddress(
            _("Enter one e-mail address only, without a name, blanks or commas: name@example.edu.")
        )
    if address.count("@") != 1:
        raise BadAddress(_("An e-mail address has one “@”, like name@example.edu."))
    local_part, domain = address.split("@")
    parsed = f"{_parse_local_part(local_part)}@{_parse_domain(domain)}"
    if len(parsed) > LONGEST:
        raise BadAddress(_("An e-mail address has at most %(most)d characters.") % {"most": LONGEST})
    return parsed


def domain_of(address: str) -> str:
    """The domain of a parsed address."""
    return address.rpartition("@")[2]


def _parse_local_part(text: str) -> str:
    if not text.isascii():
        raise BadAddress(
            _("The part before “@” has letters outside a–z. Use an address of that mailbox in plain letters.")
        )
    local_part = text.lower()
    if len(local_part) > LONGEST_LOCAL_PART:
        raise BadAddress(
            _("The part before “@” has at most %(most)d characters.") % {"most": LONGEST_LOCAL_PART}
        )
    if not _LOCAL_PART.fullmatch(local_part):
        raise BadAddress(_("The part before “@” is not valid. Remove quotation marks and stray dots."))
    return local_part


def _parse_domain(text: str) -> str:
    domain = unicodedata.normalize("NFC", text.lower())
    try:
        # Strict IDNA 2008: full-width letters, ligatures and the like are refused, never silently replaced.
        ascii_domain = idna.encode(domain, strict=True).decode() if not domain.isascii() else domain
    except idna.IDNAError as error:
        raise BadAddress(_bad_domain(text)) from error
    labels = ascii_domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or len(ascii_domain) > 253:
        raise BadAddress(_bad_domain(text))
    if not all(len(label) <= 63 and _LABEL.fullmatch(label) and is_real_label(label) for label in labels):
        raise BadAddress(_bad_domain(text))
    return ascii_domain


def _bad_domain(text: str) -> str:
    return _("“%(domain)s” is not a mail domain. It looks like example.edu.") % {"domain": text[:60]}
