"""Logging in as a member of staff does, for tests of what stands before the administration."""

import base64
import hashlib
import hmac
import struct
import time

from django.test import Client, TestCase
from django.urls import reverse

PASSWORD = "ein Rabe liest gern Zeitung"


def log_in(client: Client, email: str, password: str = PASSWORD, **fields):
    """Send the form of the log-in; returns the answer, redirects not followed."""
    return client.post(reverse("account_login"), {"login": email, "password": password} | fields)


def code(secret: str, *, at: float | None = None) -> str:
    """What an authenticator app shows for `secret` (RFC 6238), now or at another instant."""
    counter = int((at or time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def enrol(client: Client) -> str:
    """Set up an authenticator app for whoever is logged in at `client`; returns its secret."""
    page = reverse("mfa_activate_totp")
    secret = client.get(page).context["form"].secret
    with TestCase.captureOnCommitCallbacks(execute=True):  # a test's transaction has no end
        answer = client.post(page, {"code": code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret
