"""How often one visitor may ask for something that costs us or bothers others."""

import datetime as dt
import hashlib

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest


def allows(name: str, subject: str, *, most: int, within: dt.timedelta) -> bool:
    """Count one more try of ``subject`` (an address, a mailbox); False when ``most`` of them were made already.

    The window begins with the first try. What is counted is a digest, so no address stands in the cache.
    """
    key = f"limit:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:24]}"
    cache = caches["shared"]
    cache.add(key, 0, timeout=int(within.total_seconds()))
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window closed between the two calls
        return True


def visitor_address(request: HttpRequest) -> str:
    """The network address the request came from; behind our proxy, what the proxy saw."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        # The proxy appends the address it saw; everything before it is the visitor's own claim.
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
