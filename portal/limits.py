"""How often somebody may do something: counted in the cache that all processes share.

Keys are hashed by the cache itself (`portal.accounts.cache_keys`), so no address is stored. A count
begins with the first try and ends after its time; what comes on top is refused until then.
"""

from django.core.cache import cache
from django.http import HttpRequest

from portal.accounts.addresses import client_address

HOUR = 60 * 60


def is_within(request: HttpRequest, action: str, *, amount: int, seconds: int = HOUR) -> bool:
    """Count one more `action` from the address of `request`: whether it is within `amount`."""
    key = f"limit:{action}:{client_address(request)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= amount
    except ValueError:  # it ended between the two lines
        return True
