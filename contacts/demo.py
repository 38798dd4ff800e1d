"""The demo's staff accounts: one for each role, with a password that everybody knows.

The coordinator holds a post: what people write about its towns, and their applications, are theirs.
One more holds the desk of another agency's pool of interpreters.
"""

from dataclasses import dataclass

from django.db import transaction

from contacts.models import Agency, Person, Post, StaffRole, Tenure
from contacts.roles import Role
from portal.models import User

AGENCY = "landkreis-leipzig"
POST = "kik-1-landkreis-leipzig"  # whose holder the coordinator of the demo is
PASSWORD = "ansprechbar-demo"  # noqa: S105  (printed by `make demo`; refused in production)


@dataclass(frozen=True)
class DemoAccount:
    """A log-in of the demo; `role` is None for the superuser, `post` is what they hold."""

    email: str
    name: str
    role: Role | None
    agency: str = AGENCY
    post: str = ""


def _account(role: Role | None) -> DemoAccount:
    key = role.value.replace("_", "-") if role else "superuser"
    post = POST if role == Role.COORDINATOR else ""
    return DemoAccount(f"{key}@demo.example", f"Demo {key}", role, post=post)


INTERPRETING = DemoAccount(
    "interpreting@demo.example",
    "Demo Sprachmittlung",
    Role.COORDINATOR,
    agency="mittelsachsen",
    post="dolmetschen-mittelsachsen",
)
ACCOUNTS = (*(_account(role) for role in (*Role, None)), INTERPRETING)


@transaction.atomic
def create_accounts() -> list[DemoAccount]:
    """Create the accounts that are missing, with their role for their agency.

    An account that exists is left alone: somebody may be trying out what can be changed. Returns
    all of them. Raises `Agency.DoesNotExist` before the offices are loaded.
    """
    agencies = {agency.slug: agency for agency in Agency.objects.all()}
    if not {account.agency for account in ACCOUNTS} <= agencies.keys():
        raise Agency.DoesNotExist
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
                agency = agencies[account.agency]
                StaffRole.objects.create(user=user, agency=agency, role=account.role)
            if account.post:
                _hold_a_post(user, account.post)
    return list(ACCOUNTS)


def _hold_a_post(user: User, slug: str) -> None:
    """Let `user` be whoever holds the post, unless that person has an account already.

    Where nobody is recorded, the account's name, which says that it is a demo, stands there.
    """
    holders = Person.objects.filter(tenures__post__slug=slug)
    person = holders.filter(user__isnull=True).first()
    if person is not None:
        person.user = user
        person.save()
    elif not holders.exists():
        post = Post.objects.get(slug=slug)
        person = Person.objects.create(agency_id=post.agency_id, name=user.name, user=user)
        Tenure.objects.create(post=post, person=person)
