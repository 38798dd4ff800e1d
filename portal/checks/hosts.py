"""Names and addresses of machines, as far as checks have to tell them apart."""

import ipaddress

LOOPBACK = ("", "localhost", "127.0.0.1", "::1")


def is_here(host: str) -> bool:
    """Whether `host` is this machine: a loopback name, or the folder of a socket."""
    return host in LOOPBACK or host.startswith("/")


def is_beside(host: str) -> bool:
    """Whether `host` is a bare name, as containers on one machine call each other."""
    return "." not in host and ":" not in host and not host.isdecimal()


def can_the_public_reach(host: str) -> bool:
    """Whether a server that listens on `host` may be reached from anywhere."""
    try:
        address = ipaddress.ip_address(host.strip("[]") or "0.0.0.0")  # noqa: S104  (is what "" means)
    except ValueError:
        return False  # a name is whatever the machine says
    return address.is_unspecified or address.is_global
