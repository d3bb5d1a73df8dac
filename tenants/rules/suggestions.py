"""Subdomains to offer, made from a university's name and its mail domain."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from tenants.rules import subdomains

# What the plain decomposition of a letter would lose or spell wrongly.
_LATIN = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ł": "l",
    "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "ng", "ə": "e", "&": " and ", "'": "", "’": "",
    "ʻ": "", "`": "",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ie", "ж": "zh",
    "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
    "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_SPELLINGS = str.maketrans(_LATIN | _CYRILLIC | _GREEK)

_SMALL_WORDS = frozenset(
    """
    the of at and for in on a an der die das des fuer und im am de la le les du d l et el los las del y e o
    os as da do dos di della degli i gli van het een en och og af
    """.split()
)
_KIND_WORDS = frozenset(
    """
    university universitaet universite universidad universidade universita universitat universiteit
    universitet uniwersytet univerzita univerza egyetem yliopisto universitetet universitas college
    institute institut instituto school hochschule
    """.split()
)


def suggestions(name: str, *, email_domain: str = "", count: int = 3) -> list[str]:
    """At most ``count`` well-formed, unreserved subdomains, best first; empty when the name gives none.

    Whether they are free is not known here: see `free_suggestions`.
    """
    return free_suggestions(name, email_domain=email_domain, count=count, is_free=lambda _: True)


def free_suggestions(
    name: str, *, is_free: Callable[[str], bool], email_domain: str = "", count: int = 3
) -> list[str]:
    """Like `suggestions`, keeping only names for which ``is_free`` is true."""
    found: list[str] = []
    for candidate in _candidates(name, email_domain):
        try:
            subdomain = subdomains.parse_subdomain(candidate)
        except subdomains.SubdomainRefused:
            continue
        if subdomain not in found and is_free(subdomain):
            found.append(subdomain)
        if len(found) == count:
            break
    return found


def _candidates(name: str, email_domain: str) -> Iterator[str]:
    words = ascii_words(name)
    telling = [word for word in words if word not in _SMALL_WORDS and word not in _KIND_WORDS]
    full = [word for word in words if word not in _SMALL_WORDS]
    own_label = _label_of(email_domain)
    yield "-".join(full)
    yield "-".join(telling)
    yield own_label
    yield "".join(word[0] for word in full)
    if telling:
        yield f"uni-{telling[0]}"
        yield f"{telling[0]}-university"
        yield telling[0]
    yield _cut("-".join(full))
    stem = "-".join(telling) or own_label or "".join(word[0] for word in full)
    if stem:
        yield from (_cut(f"{_cut(stem, 21)}-{ending}") for ending in ("training", "learning", "compliance"))
        yield from (f"{_cut(stem, 26)}-{number}" for number in range(2, 20))


def ascii_words(name: str) -> list[str]:
    """The words of a name in the letters a-z and digits ("Universität München" -> universitaet, muenchen)."""
    elided = re.sub(r"\b[dl]['’]", "", unicodedata.normalize("NFC", name).lower())
    spelled = elided.translate(_SPELLINGS)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def _label_of(email_domain: str) -> str:
    """The telling label of a mail domain: uni-freiburg.de, cs.ox.ac.uk -> uni-freiburg, ox."""
    labels = email_domain.lower().split(".")[:-1]
    if len(labels) > 1 and labels[-1] in {"ac", "edu", "co", "com", "org", "net", "gov"}:
        labels.pop()
    return labels[-1] if labels else ""


def _cut(text: str, longest: int = subdomains.LONGEST) -> str:
    """The text up to ``longest`` characters, cut at a hyphen where there is one."""
    if len(text) <= longest:
        return text
    head = text[: longest + 1]
    return (head[: head.rfind("-")] if "-" in head else head[:longest]).strip("-")
