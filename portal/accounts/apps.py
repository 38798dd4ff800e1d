"""django-allauth's list of sessions, filled by us: it would store the whole network address."""

from allauth.usersessions.apps import UserSessionsConfig


class OwnSessionsConfig(UserSessionsConfig):
    def ready(self) -> None:
        """Connect nothing: `portal.log_ins` enters each log-in by `portal.accounts.sessions`."""
