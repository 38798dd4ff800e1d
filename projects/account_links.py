"""The secret in the mail by which a new account is confirmed: it names a payout and its account.

Whoever sits at an open page of the applicant without reading their mail cannot make it up, and it
is worth nothing once the payout names another account.
"""

from django.core.signing import BadSignature, Signer

from projects.models import Payout


def token_of(payout: Payout) -> str:
    return _signer(payout).sign(str(payout.uuid))


def fits(payout: Payout, token: str) -> bool:
    """Whether `token` was made for `payout` as it stands now."""
    try:
        return _signer(payout).unsign(token) == str(payout.uuid)
    except BadSignature:
        return False


def _signer(payout: Payout) -> Signer:
    return Signer(salt=f"account of a payout: {payout.iban}")
