"""Texts of mails to people of any language: in theirs, with German below."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

BETWEEN = "\n\n---\n\n"


def in_both_languages(template: str, context: dict) -> str:
    """`template` in the active language, and below in the site's main one where that differs.

    German is the official language: the text in it is the one that counts.
    """
    languages = dict.fromkeys((get_language() or settings.LANGUAGE_CODE, settings.LANGUAGE_CODE))
    texts = []
    for language in languages:
        with override(language):
            texts.append(render_to_string(template, context).strip())
    return BETWEEN.join(texts) + "\n"
