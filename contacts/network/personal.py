"""Who belongs to which group: in the copy of one's data, when somebody is erased, and forgotten.

A membership belongs to whoever has shown, by a code, that its address is theirs. Meetings and
papers name nobody; who entered them is an account, and goes with it.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import GroupMember
from contacts.working_days import plus_months
from portal import clock, jobs, privacy
from portal.models import OutboxMessage, User
from portal.privacy import Export

# Months for which somebody who has left a group, or whose group has ended, stands in its list, so
# that the agency can still ask; to be confirmed by the office's data protection officer.
KEPT_MONTHS = 12
ABOUT = "meeting:"  # how keys of the mails to members begin

LABELS = {
    "group": _("Group"),
    "office": _("Office"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "part": _("Part"),
    "organisation": _("Club or organisation"),
    "from": _("First day"),
    "until": _("Last day"),
}


def _own(user: User) -> QuerySet[GroupMember]:
    rows = GroupMember.objects.filter(email__lower=user.email.lower())
    return rows.select_related("group__agency", "organisation").order_by("pk")


def export(user: User) -> Export:
    return Export([_exported(row) for row in _own(user)], LABELS)


def _exported(row: GroupMember) -> dict:
    values = {
        "group": str(row.group),
        "office": str(row.group.agency),
        "name": row.name,
        "email": row.email,
        "part": row.get_role_display(),
        "organisation": str(row.organisation) if row.organisation else "",
        "from": row.valid_from,
        "until": row.valid_until,
    }
    return {name: value for name, value in values.items() if value}


def erase(user: User, now: dt.datetime) -> bool:
    """Take somebody off every list; they are invited to nothing any more."""
    _own(user).delete()
    return False


def take_along(user: User, former: str) -> None:
    """Memberships under the address `former` belong to the new one of the account.

    Where the new address stands in the same list already, the membership that says more stays: one
    of today before one that is over, a convenor's before another.
    """
    on = clock.today()
    for row in GroupMember.objects.filter(email__lower=former.lower()):
        twin = GroupMember.objects.filter(
            group=row.group_id, email__lower=user.email.lower()
        ).first()
        if twin is not None and _says_more(row, on) <= _says_more(twin, on):
            row.delete()
            continue
        if twin is not None:
            twin.delete()
        row.email = user.email
        row.save(update_fields=["email"])


def _says_more(row: GroupMember, on: dt.date) -> tuple[bool, bool]:
    begun = row.valid_from is None or row.valid_from <= on
    lasts = row.valid_until is None or row.valid_until >= on
    return begun and lasts, row.role == GroupMember.Role.CONVENOR


# Forgetting ---------------------------------------------------------------------------------------


def forget_former(now: dt.datetime) -> int:
    """Delete memberships that ended more than KEPT_MONTHS ago; returns how many.

    Accounts that nothing needs any more go as well.
    """
    return sum(_forget(pk, now=now) for pk in list(_over(now).values_list("pk", flat=True)))


def _over(now: dt.datetime) -> QuerySet[GroupMember]:
    before = plus_months(clock.today(now), -KEPT_MONTHS)
    return GroupMember.objects.filter(Q(valid_until__lt=before) | Q(group__ended_on__lt=before))


@transaction.atomic
def _forget(pk: int, *, now: dt.datetime) -> bool:
    """Look once more under lock: they may belong to the group again."""
    row = GroupMember.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or not _over(now).filter(pk=pk).exists():
        return False
    email = row.email
    row.delete()
    OutboxMessage.objects.filter(about__startswith=ABOUT, about__endswith=f":member-{pk}").delete()
    user = User.objects.of_address(email)
    if user is not None:
        privacy.forget_unused(user, now=now)
    return True


def run(now: dt.datetime) -> str:
    count = forget_former(now)
    return f"{count} memberships deleted" if count else ""


def register_jobs() -> None:
    label = _("Deletes from the lists of groups who has left long ago")
    jobs.register(jobs.Job("forget-members", label, jobs.Nightly(at=dt.time(2, 45)), run))


def register() -> None:
    """Called once, when the apps are ready."""
    privacy.register(
        privacy.PersonalData(
            name="groups",
            label=_("Your groups"),
            export=export,
            erase=erase,
            is_used=lambda user: _own(user).exists(),
            moved=take_along,
            models=("contacts.groupmember",),
        )
    )
