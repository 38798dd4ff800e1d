"""Other codes under which people and browsers ask for a language that Django knows by one."""

from django.conf import settings
from django.conf.locale import LANG_INFO

ALIASES = {
    "kmr": "ku",  # Kurmanji
    "no": "nb",  # Norwegian
    "prs": "fa",  # Dari
}


def register_aliases() -> None:
    """Let `Accept-Language: prs` find Persian; without it such a browser gets German."""
    for alias, code in ALIASES.items():
        LANG_INFO.setdefault(alias, {})["fallback"] = [code]


def offered_code(written: str) -> str | None:
    """The offered language that `written` means, in any case and under any alias, or None."""
    offered = dict(settings.LANGUAGES)
    code = written.lower()
    if code not in offered:
        code = ALIASES.get(code, "")
    return code if code in offered else None
