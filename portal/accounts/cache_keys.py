"""Names in the shared cache, so that no address and no account can be read from them."""

from django.utils.crypto import salted_hmac


def keyed(key: str, key_prefix: str, version: int) -> str:
    """The name under which `key` is kept: Django's own, behind a keyed hash."""
    plain = f"{key_prefix}:{version}:{key}"
    return salted_hmac("portal.cache", plain, algorithm="sha256").hexdigest()
