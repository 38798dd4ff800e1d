"""Whether the address of the site, its hosts and its proxies fit together, and who is told."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from portal.auth import refuse_demo_accounts
from portal.checks.hosts import can_the_public_reach

MOST_PROXIES = 3  # what somebody may really have
LAST_PORT = 65_535


@register(Tags.urls, deploy=True)
def public_address_is_known(app_configs, **kwargs) -> list[CheckMessage]:
    """Printed notices, the sitemap and mails need an address that no request can tell."""
    if settings.DEMO or settings.SITE_URL.startswith("https://"):
        return []
    return [
        Warning(
            "SITE_URL is not set to an https address.",
            hint="Set it to where the public reaches the site: https://integration.example.de",
            id="portal.W001",
        )
    ]


@register(Tags.security, deploy=True)
def somebody_hears_of_holes(app_configs, **kwargs) -> list[CheckMessage]:
    """Without an address there is no `/.well-known/security.txt`."""
    if settings.DEMO or settings.SECURITY_CONTACT:
        return []
    return [
        Warning(
            "SECURITY_CONTACT is not set, so nobody learns whom to tell of a security hole.",
            hint="Set it to an address that is read: mailto:security@example.de",
            id="portal.W002",
        )
    ]


@register(Tags.security, deploy=True)
def addresses_fit_together(app_configs, **kwargs) -> list[CheckMessage]:
    """A host that anybody may claim goes into links; one that is missing answers nobody."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    loose = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if loose:
        found.append(
            Warning(
                f"ALLOWED_HOSTS lets anybody choose the name of the site: {', '.join(loose)}.",
                hint="Name each host by itself, such as integration.example.de.",
                id="portal.W006",
            )
        )
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host and not validate_host(host, settings.ALLOWED_HOSTS):
        found.append(
            Error(
                f"The host of SITE_URL is not in ALLOWED_HOSTS, so {host} answers nobody.",
                hint="Name it there.",
                id="portal.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def proxies_are_told(app_configs, **kwargs) -> list[CheckMessage]:
    """Who is told too little takes all visitors for one; who trusts too much, lies for truth."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = []
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    is_behind = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is not None
    if not is_behind or proxies < 1:
        found.append(
            Warning(
                "BEHIND_PROXY is not set, or TRUSTED_PROXIES is 0: https is not recognised, or all "
                "visitors share one limit.",
                hint="The site needs a proxy in front of it (deploy/Caddyfile). Set "
                "BEHIND_PROXY=true, and TRUSTED_PROXIES to how many proxies of yours there are.",
                id="portal.W007",
            )
        )
    if proxies > MOST_PROXIES or (proxies and not is_behind):
        found.append(
            Warning(
                f"TRUSTED_PROXIES is {proxies}: what exceeds your own proxies, visitors invent.",
                hint="Set it to how many of your proxies add to X-Forwarded-For, mostly 1.",
                id="portal.W008",
            )
        )
    if "*" in os.environ.get("FORWARDED_ALLOW_IPS", ""):
        found.append(
            Warning(
                "FORWARDED_ALLOW_IPS trusts everybody who reaches the port.",
                hint="Name the addresses of your proxies, or leave it out: BEHIND_PROXY suffices.",
                id="portal.W009",
            )
        )
    return found


@register(Tags.security, deploy=True)
def figures_are_for_the_inside(app_configs, **kwargs) -> list[CheckMessage]:
    """`/metrics` asks nobody who they are."""
    bind = os.environ.get("METRICS_BIND", "")
    if settings.DEMO or not bind:
        return []
    host, colon, port = bind.rpartition(":")
    if not colon or not port.isdecimal() or int(port[:9]) > LAST_PORT:
        return [
            Error(
                f"METRICS_BIND is no address: {bind}.",
                hint="Write host:port, such as 127.0.0.1:9100.",
                id="portal.E004",
            )
        ]
    if not can_the_public_reach(host):
        return []
    return [
        Warning(
            f"METRICS_BIND listens on {host or 'every address'}, where the public may reach it.",
            hint="Use 127.0.0.1 or an address of your own network. In a container whose port is "
            "not published, this is right.",
            id="portal.W010",
        )
    ]


@register(Tags.database, deploy=True)
def demo_accounts_are_gone(app_configs, databases, **kwargs) -> list[CheckMessage]:
    """Runs with `--database default` only, as all checks that ask the database."""
    if settings.DEMO or "default" not in (databases or ()):
        return []
    try:
        refuse_demo_accounts()
    except ImproperlyConfigured as refusal:
        return [Error(str(refusal), id="portal.E001")]
    return []
