"""Where a request comes from: the only place that looks at network addresses.

Limits need the whole address, for a moment and behind a keyed hash (`portal.accounts.cache_keys`).
What is stored with an account is the network, which tells a colleague "the office" from "elsewhere"
and does not tell a person from their neighbours.
"""

import ipaddress

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  (a row needs an address, a socket file has none)
PREFIXES = {4: 24, 6: 48}


def client_address(request: HttpRequest) -> str:
    """The address of the client, as the proxies of `TRUSTED_PROXIES` tell it.

    A header that a client sends itself counts for nothing. `UNKNOWN` where there is no address, or
    fewer of them than proxies: somebody has found a way round one.
    """
    try:
        return get_client_ip(request) or UNKNOWN
    except ImproperlyConfigured:
        return UNKNOWN


def household(address: str) -> str:
    """What limits count: an IPv4 address, or the /64 of which an IPv6 client has all addresses."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address) or parsed.ipv4_mapped:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)


def network(address: str) -> str:
    """`address` without what tells one machine from the next: IPv4 to /24, IPv6 to /48."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    whole = ipaddress.ip_network(f"{parsed}/{PREFIXES[parsed.version]}", strict=False)
    return str(whole.network_address)
