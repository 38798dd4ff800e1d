"""Which agencies a member of staff belongs to, and in which role."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.spans import not_ended
from portal import clock


class Role(models.TextChoices):
    """What a user does for an agency. `EDITORS` may change its contacts and responsibilities."""

    EDITOR = "editor", _("Editor")
    COORDINATOR = "coordinator", _("Coordinator")
    CASEWORKER = "caseworker", _("Caseworker")
    DECIDER = "decider", _("Decider")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")
    AGENCY_ADMIN = "agency_admin", _("Agency administrator")


EDITORS = frozenset({Role.EDITOR, Role.AGENCY_ADMIN})
ANY_ROLE = frozenset(Role)


def agencies_of(user, roles: frozenset[Role] = ANY_ROLE) -> frozenset[int]:
    """The ids of the agencies in which `user` has one of `roles`.

    Asked once per user object (that is: once per request) and kept on it. A role counts up to and
    with its last day, whenever the nightly job comes to take it away.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_agency_roles"):
        user._agency_roles = tuple(
            user.staff_roles.filter(not_ended(clock.today())).values_list("agency_id", "role")
        )
    return frozenset(agency for agency, role in user._agency_roles if role in roles)
