"""Components and small texts of the templates; a builtin library, so nobody has to load it."""

import re

from django import template
from django.forms import Form
from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import sessions
from portal.icons import ICONS
from portal.texts import Text

register = template.Library()


@register.simple_tag
def text(content: Text | str | None) -> str:
    """A `Text`; one that stands in for a missing translation says which language it is in."""
    if not isinstance(content, Text) or not content.is_fallback:
        return conditional_escape(content or "")
    return format_html(
        '<span lang="{}" dir="{}">{}</span>',
        content.language,
        direction(content.language),
        str(content),
    )


@register.simple_tag
def paragraphs(content: Text | str | None) -> str:
    """A longer text: an empty line begins a new paragraph, in whatever language it is in."""
    language = ""
    if isinstance(content, Text) and content.is_fallback:
        language = format_html(' lang="{}" dir="{}"', content.language, direction(content.language))
    blocks = re.split(r"\n\s*\n", str(content or "").replace("\r\n", "\n").strip())
    return mark_safe(  # noqa: S308 (each part is escaped)
        "".join(f"<p{language}>{escape(block)}</p>" for block in blocks if block)
    )


@register.filter
def direction(code: str) -> str:
    """The direction of writing of a language: "rtl" or "ltr"."""
    try:
        return "rtl" if get_language_info(code)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@register.filter
def phone(number: str) -> str:
    """A German telephone number as the address of a `tel:` link: +49…"""
    number = number.replace("(0)", "") if number.strip().startswith(("+", "00")) else number
    digits = re.sub(r"[^0-9+]", "", number)
    if digits.startswith("+"):
        return f"tel:{digits}"
    if digits.startswith("00"):
        return f"tel:+{digits[2:]}"
    return f"tel:+49{digits.removeprefix('0')}"


@register.filter
def email(address: str) -> SafeString:
    """An e-mail address that may only break after its @."""
    name, at, domain = address.partition("@")
    return format_html('<bdi>{}{}<wbr><span class="keep">{}</span></bdi>', name, at, domain)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside a text that says the same; screen readers skip it."""
    return mark_safe(  # noqa: S308 (our own constant)
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">'
        f'<path d="{ICONS[name]}"/></svg>'
    )


@register.filter
def day(value) -> str:
    """A date as people write it, with the month as a word."""
    return date_format(value, "DATE_FORMAT")


@register.simple_tag(takes_context=True)
def title(context, *pages: str) -> str:
    """The title of the window: page – service, and "Error:" in front while a form has errors.

    A page with several forms says so itself, by `has_errors`. More than one name is the way to the
    page, the page itself in front.
    """
    page = " – ".join(str(name) for name in pages)
    form = context.get("form")
    is_wrong = isinstance(form, Form) and form.is_bound and form.errors
    if is_wrong or context.get("has_errors"):
        page = _("Error: %(page)s") % {"page": page}
    return f"{page} – {context['shell'].site_name}"


@register.simple_block_tag
def notice(content: str, kind: str = "hint") -> SafeString:
    """A boxed remark: `hint` for what helps, `alert` for what must not be missed."""
    return format_html('<div class="notice notice--{}">{}</div>', kind, mark_safe(content))  # noqa: S308 (rendered and escaped by the template)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One line of a list of facts (`<dl class="facts">`); nothing when there is no fact."""
    if not content.strip():
        return mark_safe("")
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, mark_safe(content))  # noqa: S308


@register.simple_block_tag
def section(content: str, heading: str, name: str) -> SafeString:
    """A part of a page, named by its heading."""
    return format_html(
        '<section class="section" aria-labelledby="{0}"><h2 id="{0}">{1}</h2>{2}</section>',
        name,
        heading,
        mark_safe(content),  # noqa: S308
    )


@register.simple_tag(takes_context=True)
def session_seconds(context) -> int:
    """How long the log-in lasts when nothing more happens; 0 for somebody who is not logged in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return 0
    return int(sessions.remaining(request.session, now=clock.now()).total_seconds())
