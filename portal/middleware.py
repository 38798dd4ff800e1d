"""What belongs on every answer: a request id, security headers, one spelling of the language."""

import logging
import re
import uuid
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from portal.files import FilesAwayError
from portal.languages import offered_code
from portal.logs import request_id
from portal.uploads import MAX_REQUEST

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "manifest-src 'self'",
    ]
)
SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in SWITCHED_OFF)


class SecurityHeadersMiddleware:
    """Sets the headers that Django does not, and gives the request an id.

    An answer that brings a stricter policy for its content, as a stored file does, keeps it.

    An error page shows the id and the log has it on each line, so that a caller and an operator
    can find the same event without any personal data.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex[:12]
        token = request_id.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.request_id
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.DEMO:
            response["X-Robots-Tag"] = "noindex"
        return response


class HeadMiddleware:
    """Answers HEAD as GET would be answered, without the body: the length is still told."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            length = response.get("Content-Length", str(len(response.content)))
            response.content = b""
            response["Content-Length"] = length
        return response


class RequestSizeMiddleware:
    """Refuses a request that is larger than any form may send, with a page that says so.

    A browser shows the page only after it has sent everything, so what comes is read and dropped,
    up to a limit: it never reaches a disk.
    """

    largest_to_read = 4 * MAX_REQUEST
    chunk = 1024 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        from portal.views import errors  # not above: the log needs this module before the models

        self.get_response = get_response
        self.refuse = errors.too_large

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= MAX_REQUEST:
            return self.get_response(request)
        if int(length) <= self.largest_to_read:
            with suppress(OSError):  # the browser has given up
                while request.read(self.chunk):
                    pass
        return self.refuse(request)


class DatabaseAwayMiddleware:
    """Says that nothing can be written, and whom to call, instead of an error of the site.

    The same holds where files lie elsewhere and cannot be reached.
    """

    def __init__(self, get_response: GetResponse) -> None:
        from portal.views import errors  # not above: the log needs this module before the models

        self.get_response = get_response
        self.say_so, self.say_so_of_files = errors.database_away, errors.files_away

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if isinstance(exception, FilesAwayError):
            return self.say_so_of_files(request)
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.warning("The database did not answer: %s", type(exception).__name__)
        return self.say_so(request)


class LanguagePathMiddleware:
    """Redirects `/DE/…` and aliases such as `/prs/…` to the language's one address."""

    first_segment = re.compile(r"/([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)(?=/|\Z)")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if match := self.first_segment.match(request.path_info):
            code = offered_code(match[1])
            if code not in (None, match[1]):
                rest = request.get_full_path_info()[match.end() :]
                return HttpResponseRedirect(f"/{code}{rest}")
        return self.get_response(request)
