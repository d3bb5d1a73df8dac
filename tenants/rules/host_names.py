"""Which host name of its own a university may have its site answer at."""

import ipaddress
import re
import unicodedata

import idna
from django.utils.translation import gettext as _

LONGEST = 253  # RFC 1035 2.3.4, as text
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Names that mean nothing on the Internet, or this very machine (RFC 6761, RFC 6762, RFC 7686, RFC 9476).
_NOWHERE = frozenset({"localhost", "local", "internal", "invalid", "onion", "arpa", "alt"})


class HostRefused(ValueError):
    """The name cannot be used. `sentence` is for the person who typed it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse_host(text: str, *, base_domain: str) -> str:
    """The name in its one spelling: lower case, ASCII (RFC 5891), no trailing dot. Raises HostRefused.

    A pasted `https://` and a path after the name are forgiven. Not accepted: addresses of machines, wildcards, names
    of one label, and anything at or below `base_domain`, which is ours to give.
    """
    typed = unicodedata.normalize("NFC", text.strip().lower())
    name = re.sub(r"^https?://", "", typed).split("/", 1)[0].removesuffix(".")
    if not name:
        raise HostRefused(_("Enter the name, such as training.example.edu."))
    _refuse_machines(name)
    try:
        ascii_name = name if name.isascii() else idna.encode(name, strict=True).decode()
    except idna.IDNAError as error:
        raise _bad(name) from error
    if ascii_name == base_domain or ascii_name.endswith(f".{base_domain}"):
        raise HostRefused(
            _("Names that end in %(base)s are changed under “Address of the site”. Enter a name of your own.")
            % {"base": base_domain}
        )
    labels = ascii_name.split(".")
    if len(labels) < 2 or len(ascii_name) > LONGEST or labels[-1].isdigit() or labels[-1] in _NOWHERE:
        raise _bad(name)
    if not all(_LABEL.fullmatch(label) and is_real_label(label) for label in labels):
        raise _bad(name)
    return ascii_name


def _refuse_machines(name: str) -> None:
    if "*" in name:
        raise HostRefused(_("One name only: a site cannot answer at every name of a domain."))
    if ":" in name and not name.startswith("["):
        raise HostRefused(_("Enter the name without a port."))
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return
    raise HostRefused(_("Enter a name, not the number of a machine."))


def is_real_label(label: str) -> bool:
    """Whether a label that claims to be an internationalised one decodes to what encodes to it."""
    if not label.startswith("xn--"):
        return label[2:4] != "--"
    try:
        return idna.alabel(idna.ulabel(label)).decode() == label
    except idna.IDNAError:
        return False


def _bad(name: str) -> HostRefused:
    return HostRefused(
        _("“%(name)s” is not a name on the Internet. It looks like training.example.edu.")
        % {"name": name[:60]}
    )
