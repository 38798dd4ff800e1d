"""How often somebody may do something: counted in the cache that all processes share.

Keys are hashed by the cache itself (`portal.accounts.cache_keys`), so no address is stored. A count
begins with the first try and ends after its time; what comes on top is refused until then. Two
tries at the very same moment may count as one.
"""

import datetime as dt
import math

from django.core.cache import cache
from django.http import HttpRequest

from portal.accounts.addresses import client_address, household

MINUTE = 60
HOUR = 60 * MINUTE


def is_within(
    request: HttpRequest,
    action: str,
    *,
    amount: int,
    now: dt.datetime,
    seconds: int = HOUR,
    of: str = "",
) -> bool:
    """Count one more `action` from the address of `request`: whether it is within `amount`.

    With `of`, such as an e-mail address or the number of an account, it is counted for that
    instead, wherever it comes from.

    The end is kept beside the count: `cache.incr` would begin the time anew, and with another one.
    """
    key = f"tries:{action}:{seconds}:{of or household(client_address(request))}"
    present = now.timestamp()
    count, ends_at = cache.get(key, (0, present + seconds))
    if ends_at <= present:
        count, ends_at = 0, present + seconds
    cache.set(key, (count + 1, ends_at), timeout=math.ceil(ends_at - present))
    return count < amount
