"""One way through the log-in: who asked for a code, where they were going, what they carry.

It lies in the session of the visitor, encrypted with a key of the site: a copy of the database
shows neither the address nor what was typed. In a hidden field instead, a phone would lose it as
soon as it throws the tab away while its owner reads the mail.
"""

import base64
import datetime as dt
import json
import zlib
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from portal import clock, login_code
from portal.accounts import sealing
from portal.entrance.arrivals import Carried

LASTS = dt.timedelta(hours=24)  # nobody is hurried (WCAG 2.2.1); the code itself ends sooner
MOST_CARRIED = 50_000  # bytes of JSON
LONGEST_PATH = 500
LOG_IN = "entrance"  # under which name a session keeps it


@dataclass(frozen=True, kw_only=True)
class Flow:
    """`nonce` is known to the session alone and binds codes to it; `ends` is in seconds, UTC.

    `kind` and `data` are what is carried, `link` the number of the mailed link through which
    somebody came: then the address is not shown in full, for the link may have been passed on.
    """

    nonce: str = field(default_factory=login_code.new_nonce)
    email: str = ""
    weiter: str = ""
    kind: str = ""
    data: dict = field(default_factory=dict)
    link: int = 0
    ends: float = 0.0

    @property
    def key(self) -> str:
        """What the address of a page may call this flow; useless in any other session."""
        return self.nonce[:8]

    @property
    def shown_email(self) -> str:
        return masked(self.email) if self.link else self.email

    def to(self, email: str) -> Self:
        """The same with another address, for which no code has been asked yet."""
        return replace(self, email=login_code.normal(email), nonce=login_code.new_nonce())


def begin(
    *, email: str = "", weiter: str = "", carried: Carried | None = None, link: int = 0
) -> Flow:
    """A new flow. Raises ValueError for more than `MOST_CARRIED` bytes of data."""
    kind, data = carried or ("", {})
    if len(_written(data).encode()) > MOST_CARRIED:
        raise ValueError("This is more than can be carried through the log-in.")
    return Flow(
        email=login_code.normal(email), weiter=local_path(weiter), kind=kind, data=data, link=link
    )


def keep(request: HttpRequest, flow: Flow, name: str = LOG_IN) -> None:
    """Put `flow` into the session, in place of any other of that name."""
    ends = clock.now() + LASTS
    written = _written(asdict(replace(flow, ends=ends.timestamp())))
    packed = base64.b85encode(zlib.compress(written.encode())).decode()
    request.session[name] = sealing.seal(packed)
    if not request.user.is_authenticated:  # the session of a log-in has an end of its own
        request.session.set_expiry(int(LASTS.total_seconds()))


def forget(request: HttpRequest, name: str = LOG_IN) -> None:
    request.session.pop(name, None)


def current(request: HttpRequest, name: str = LOG_IN) -> Flow | None:
    """The flow of this session, or None."""
    packed = sealing.opened(request.session.get(name, ""))
    if packed is None:
        return None
    try:
        flow = Flow(**json.loads(zlib.decompress(base64.b85decode(packed))))
    except (TypeError, ValueError, zlib.error):  # of another release
        return None
    return flow if flow.ends > clock.now().timestamp() else None


def _written(values: dict) -> str:
    return json.dumps(values, ensure_ascii=False)


def local_path(path: str) -> str:
    """`path` if it is an address on this site, else ""."""
    is_local = (
        path.startswith("/")
        and len(path) <= LONGEST_PATH
        and path.isascii()
        and path.isprintable()
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )
    return path if is_local else ""


def masked(email: str) -> str:
    """`a…@e….org`: enough to know one's own address again."""
    name, _at, domain = email.partition("@")
    host, dot, end = domain.rpartition(".")
    return f"{name[:1]}…@{host[:1]}…{dot}{end}"
