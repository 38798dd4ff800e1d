"""The demo's staff accounts: one for each role, with a password that everybody knows.

The coordinator holds a post: what people write about its towns, and their applications, are theirs.
"""

from dataclasses import dataclass

from django.db import transaction

from contacts.models import Agency, Person, StaffRole
from contacts.roles import Role
from portal.models import User

AGENCY = "landkreis-leipzig"
POST = "kik-1-landkreis-leipzig"  # whose holder the coordinator of the demo is
PASSWORD = "ansprechbar-demo"  # noqa: S105  (printed by `make demo`; refused in production)


@dataclass(frozen=True)
class DemoAccount:
    """A log-in of the demo; `role` is None for the superuser."""

    email: str
    name: str
    role: Role | None


def _account(role: Role | None) -> DemoAccount:
    key = role.value.replace("_", "-") if role else "superuser"
    return DemoAccount(f"{key}@demo.example", f"Demo {key}", role)


ACCOUNTS = tuple(_account(role) for role in (*Role, None))


@transaction.atomic
def create_accounts() -> list[DemoAccount]:
    """Create the accounts that are missing, with their role for the agency of `AGENCY`.

    An account that exists is left alone: somebody may be trying out what can be changed. Returns
    all of them. Raises `Agency.DoesNotExist` before the offices are loaded.
    """
    agency = Agency.objects.get(slug=AGENCY)
    existing = set(User.objects.filter(is_demo=True).values_list("email", flat=True))
    for account in ACCOUNTS:
        if account.email not in existing:
            user = User.objects.create_user(
                account.email,
                PASSWORD,
                name=account.name,
                is_demo=True,
                is_staff=True,
                is_superuser=account.role is None,
            )
            if account.role is not None:
                StaffRole.objects.create(user=user, agency=agency, role=account.role)
            if account.role == Role.COORDINATOR:
                _hold_a_post(user)
    return list(ACCOUNTS)


def _hold_a_post(user: User) -> None:
    """Let `user` be whoever holds `POST`, unless that person has an account already."""
    person = Person.objects.filter(tenures__post__slug=POST, user__isnull=True).first()
    if person is not None:
        person.user = user
        person.save()
