"""The proof that a host name is the tenant's: a TXT record in the zone of whoever owns the name."""

import dns.exception
import dns.resolver
from django.conf import settings

LABEL = "_duly"
PREFIX = "duly-site="
_PATIENCE = 5.0  # seconds for all servers together

MISSING, DIFFERENT, NO_ANSWER, TAKEN = "missing", "different", "no_answer", "taken"


def record_name(host: str) -> str:
    """Where the record is to be put."""
    return f"{LABEL}.{host}"


def record_value(token: str) -> str:
    """What the record is to say."""
    return f"{PREFIX}{token}"


def look(host: str, token: str) -> str:
    """Ask the DNS, now: empty when the record is there, else what is wrong (MISSING, DIFFERENT, NO_ANSWER).

    Takes up to 5 seconds, so never call it in a transaction.
    """
    try:
        answer = _resolver().resolve(record_name(host), "TXT", lifetime=_PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return MISSING
    except dns.exception.DNSException:
        return NO_ANSWER
    found = {b"".join(record.strings).decode("ascii", "replace").strip() for record in answer}
    return "" if record_value(token) in found else DIFFERENT


def _resolver() -> dns.resolver.Resolver:
    """The servers of settings.DNS_SERVERS (`address` or `address:port`), else those of this machine."""
    if not settings.DNS_SERVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    pairs = [
        server.rpartition(":") if ":" in server else (server, "", "53") for server in settings.DNS_SERVERS
    ]
    resolver.nameservers = [address for address, _colon, _port in pairs]
    resolver.nameserver_ports = {address: int(port) for address, _colon, port in pairs}
    return resolver
