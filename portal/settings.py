"""Settings of the portal. Everything that differs between installations comes from the environment.

Two modes. ``MODE=demo`` (the default) is for a first look and for development: it answers on the
loopback names only, shows a banner, and keeps its files under ``var/``. ``MODE=production`` refuses
to start without a secret, host names, its address and a database of its own. docs/operations.md
lists every variable.
"""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from portal import __version__, storage
from portal.accounts.options import *  # noqa: F403  (what is the same everywhere)
from portal.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()  # every variable may also be given as NAME_FILE

MODE = env.str("MODE", "demo")
if MODE not in ("demo", "production"):
    raise ImproperlyConfigured(f"MODE is demo or production, not {MODE!r}.")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
DEBUG = env.yes("DEBUG", False) and DEMO

VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var")
STATE_DIR = VAR_DIR / "state"  # what processes of this machine leave each other
RELEASE = env.str("RELEASE", "") or __version__


def required_in_production(name: str, value):
    """Return `value`, or refuse to start when production was given none."""
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"MODE=production needs {name} in the environment.")
    return value


def demo_secret_key() -> str:
    """The key that `manage.py demo` has stored, else a throw-away one for this process."""
    stored = VAR_DIR / "demo-secret-key"
    return stored.read_text().strip() if stored.exists() else get_random_secret_key()


SECRET_KEY = required_in_production("SECRET_KEY", env.str("SECRET_KEY", "")) or demo_secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: use 50 random characters or more.")

ALLOWED_HOSTS = required_in_production("ALLOWED_HOSTS", env.list("ALLOWED_HOSTS", default=[])) or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
# Where the public reaches the site, such as https://integration.example.de; the demo may leave it
# empty and then names itself as it was asked. Canonical links, sitemap and QR codes depend on it.
SITE_URL = required_in_production("SITE_URL", env.address("SITE_URL"))
# Whom to tell of a hole (security.txt): mailto:… or https:…
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")
if SECURITY_CONTACT and not SECURITY_CONTACT.startswith(("mailto:", "https:")):
    raise ImproperlyConfigured("SECURITY_CONTACT begins with mailto: or https:.")

# Applications -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal",
    "contacts",
    "projects",
    "portal.admin_site.VerwaltungConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "portal.accounts.apps.OwnSessionsConfig",
    "django_filters",
    "parler",
    "simple_history",
]

MIDDLEWARE = [
    "portal.health.HealthMiddleware",
    "portal.metrics.MetricsMiddleware",
    "portal.middleware.SecurityHeadersMiddleware",
    "portal.middleware.HeadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguagePathMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.middleware.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.StaffSessionMiddleware",
    "portal.middleware.DatabaseAwayMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["portal.auth.StaffBackend", "portal.auth.ApplicantBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "home"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portal.templatetags.portal"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "portal.forms.PortalFormRenderer"

# Staff accounts -----------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "portal.accounts.passwords.ContextWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
SECOND_FACTOR_REQUIRED = PRODUCTION or env.yes("SECOND_FACTOR_REQUIRED", False)
# How many proxies of ours add to X-Forwarded-For; what comes before is anybody's invention.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number(
    "TRUSTED_PROXIES", int(env.yes("BEHIND_PROXY", False)), least=0
)

# Database -----------------------------------------------------------------------------------------

DATABASES = {
    "default": storage.database(
        env,
        required_in_production("DATABASE_URL", env.str("DATABASE_URL", ""))
        or f"sqlite:///{VAR_DIR / 'ansprechbar.sqlite3'}",
    )
}
CACHES = {"default": storage.cache(env)}

# Languages and time -------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
OFFERED = env.list("LANGUAGES", default=["de", "en"])
if unknown := [code for code in OFFERED if "name_local" not in LANG_INFO.get(code, ())]:
    raise ImproperlyConfigured(f"LANGUAGES: not the code of a language: {', '.join(unknown)}.")
LANGUAGES = [(code, LANG_INFO[code]["name_local"]) for code in OFFERED]
LOCALE_PATHS = [BASE_DIR / "locale", *env.list("EXTRA_LOCALE_PATHS", default=[])]
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _name in LANGUAGES),
    "default": {"fallbacks": [LANGUAGE_CODE], "hide_untranslated": False},
}
PARLER_DEFAULT_LANGUAGE_CODE = LANGUAGE_CODE
PARLER_ENABLE_CACHING = False  # its cache is one per process and would outlive an edit

# Mail ---------------------------------------------------------------------------------------------

# Sent by the jobs from the outbox (portal/outbox.py), and never in the demo.
EMAIL_HOST = env.str("EMAIL_HOST", "").strip()
EMAIL_PORT = env.number("EMAIL_PORT", 587, most=65_535)
EMAIL_HOST_USER = env.str("EMAIL_USER", "").strip()
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", "").rstrip("\r\n")  # a file ends with a line
EMAIL_USE_SSL = env.yes("EMAIL_USE_SSL", False)  # TLS from the first byte, usually on port 465
EMAIL_USE_TLS = env.yes("EMAIL_USE_TLS", not EMAIL_USE_SSL)  # STARTTLS
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10)  # seconds, for each step
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "").strip()
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("Of EMAIL_USE_TLS and EMAIL_USE_SSL only one can be true.")
OUTBOX_DAYS = env.number("OUTBOX_DAYS", 30)  # after which text and address of a mail are wiped

# Printed documents and uploaded files -------------------------------------------------------------

EXTRA_FONT_PATHS = env.list("EXTRA_FONT_PATHS", default=[])  # folders, for scripts missing in ours
FILES_DIR = Path(env.str("FILES_DIR", "") or VAR_DIR / "files")  # of cases; no web server serves it
FILES_S3 = storage.s3(env)  # with a bucket, they lie there instead
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", "")  # public keys, age1…, that backups are for
CLAMD_SOCKET = env.str("CLAMD_SOCKET", "")  # the path of a socket, or host:port
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # of one request; how many a case may have is told by its page

# Static files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": storage.files(FILES_S3, FILES_DIR),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.staticfiles.JoinedStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Security -----------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if env.yes("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 4 * 60 * 60  # since the last page; portal.accounts.sessions has the rest
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_AGE = None  # gone with the visit, as the privacy page says
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Logs go to standard error, one line an event, and never hold a query string.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "portal.logs.RequestIdFilter"},
        "without_traceback": {"()": "portal.logs.WithoutTraceback"},
        "without_secrets": {"()": "portal.logs.WithoutSecrets"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {request_id} {name} {message}", "style": "{"},
        "json": {"()": "portal.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.one_of(
                "LOG_FORMAT", "json" if PRODUCTION else "line", ["json", "line"]
            ),
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Scanners try any host name, and the place in Django where it fails is always the same.
        "django.security.DisallowedHost": {"filters": ["without_traceback"]},
        "django.request": {"filters": ["without_secrets"]},  # names the address of what failed
        "django.security.csrf": {"filters": ["without_secrets"]},  # as does this
    },
}
