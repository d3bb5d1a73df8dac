"""When two subdomains look the same to a hurried reader."""

_SAME_SHAPE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})
_SUFFIXES = frozenset({"edu", "ac"})
_LONG = 5


def skeleton(subdomain: str) -> str:
    """The shape of a well-formed subdomain; two names with one skeleton are taken for each other.

    Folds hyphens, a trailing or separate ``edu``/``ac``, 0/o, 1/l/i, 5/s, rn/m and vv/w; in names of
    five letters or more also doubled letters and v/w, so that ``harvvard``, ``harvard-edu`` and
    ``harvard`` meet. Short names are mostly initials, where one letter is the whole difference.
    """
    parts = [part for part in subdomain.split("-") if part not in _SUFFIXES]
    shape = "".join(parts) or subdomain.replace("-", "")
    if shape.endswith("edu") and len(shape) > _LONG:
        shape = shape.removesuffix("edu")
    shape = shape.replace("vv", "w").replace("rn", "m").translate(_SAME_SHAPE)
    if len(shape) < _LONG:
        return shape
    return _without_runs(shape.replace("w", "v"))


def _without_runs(text: str) -> str:
    return "".join(letter for index, letter in enumerate(text) if index == 0 or text[index - 1] != letter)
