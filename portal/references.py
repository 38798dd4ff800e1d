"""References: what people read out on the phone and copy by hand.

Letters and digits that look alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) occur only once of each pair,
and the last character checks the others: one wrong character, or two neighbours exchanged, is
noticed (a Luhn sum modulo 25 whose weights and modulus share no factor).
"""

import secrets

ALPHABET = "0134679ACDEFGHJKMNPQRTWXY"
BASE = len(ALPHABET)
LENGTH = 8  # of which the last checks the others


def draw(prefix: str) -> str:
    """A new reference such as "MP-7K3F-9XQ4", at random: nobody can count through them."""
    body = "".join(secrets.choice(ALPHABET) for _number in range(LENGTH - 1))
    return _grouped(prefix, body + check_character(body))


def read(text: str, prefix: str) -> str | None:
    """The reference that somebody typed, in any case and grouping; None if it cannot be one."""
    plain = "".join(c for c in text.upper() if c.isalnum()).removeprefix(prefix)
    plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(plain) != LENGTH or any(c not in ALPHABET for c in plain):
        return None
    return _grouped(prefix, plain) if check_character(plain[:-1]) == plain[-1] else None


def check_character(body: str) -> str:
    """The character that makes the weighted sum a multiple of `BASE`.

    Weights are the powers of 2 modulo 25: 2 generates all numbers prime to 25, so no weight is 0
    and two neighbours differ; an exchange of neighbours a, b changes the sum by w·(a − b), which
    is no multiple of 25 unless a = b.
    """
    total = sum(
        ALPHABET.index(character) * pow(2, position, BASE)
        for position, character in enumerate(reversed(body), start=1)
    )
    return ALPHABET[-total % BASE]


def _grouped(prefix: str, plain: str) -> str:
    half = LENGTH // 2
    return f"{prefix}-{plain[:half]}-{plain[half:]}"
