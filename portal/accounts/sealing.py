"""Secrets of second factors at rest: encrypted with a key that follows from SECRET_KEY.

A copy of the database alone opens nothing. After a new SECRET_KEY the old one reads for as long as
it stands in SECRET_KEY_FALLBACKS; `manage.py reseal_second_factors` writes everything anew.
"""

import base64
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)
SALT = "portal.accounts.sealing"


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (salted_hmac(SALT, "", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """`text`, encrypted with the present key."""
    return _box().encrypt(text.encode()).decode()


def opened(sealed: str) -> str | None:
    """What `seal` was given, or None when no key opens it."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def unseal(sealed: str) -> str:
    """What `seal` was given.

    A secret that no key opens becomes a random one: it matches no code, and the log-in fails as
    with a wrong code instead of breaking.
    """
    secret = opened(sealed)
    if secret is None:
        logger.error("A second factor cannot be read: is SECRET_KEY another one than before?")
        return base64.b32encode(secrets.token_bytes(20)).decode()
    return secret


def reseal(sealed: str) -> str | None:
    """`sealed` under the present key, or None when no key opens it."""
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken:
        return None
