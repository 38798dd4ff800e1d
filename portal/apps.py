from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Site")

    def ready(self) -> None:
        from portal import (
            checks,  # noqa: F401  (registers itself)
            dashboard,
            last_good,
            log_ins,  # noqa: F401  (registers itself)
            login_code,
            privacy,
            undelivered,
        )
        from portal.accounts import (
            events,  # noqa: F401  (connects itself)
            sessions,
        )
        from portal.data_version import connect_signals
        from portal.entrance import typed
        from portal.languages import register_aliases
        from portal.processing import own
        from portal.sending import register_jobs

        connect_signals()
        register_aliases()
        register_jobs()
        sessions.register_jobs()
        login_code.register_jobs()
        last_good.register_jobs()
        privacy.register_own()
        own.register_own()
        typed.register()
        dashboard.register(undelivered.lines)
