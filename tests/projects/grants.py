"""A grant in the example county and everybody who has to do with it, and instalments of it."""

import datetime as dt
from dataclasses import dataclass

from contacts.models import Agency
from contacts.roles import Role
from portal import clock
from portal.models import User
from projects import budget, deliveries
from projects.models import Application, Budget, Grant, Payout
from projects.states import PayoutState
from projects.workflow import granted, instalments, paying
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

NOW = cases.NOW
ON = cases.ON
IBAN = "DE89370400440532013000"
OTHER_IBAN = "DE02120300000000202051"
AMAL = "Amal Haddad"  # who has applied


@dataclass
class Granted:
    """A case of 450.00 EUR granted of costs of 500.00; what it reads is read anew each time."""

    pk: int
    pot: Budget
    amal: User
    anna: User
    ben: User
    carla: User

    @property
    def case(self) -> Application:
        rows = Application.objects.select_related("call__rule_set__programme__agency", "agency")
        return rows.get(pk=self.pk)

    @property
    def grant(self) -> Grant:
        return self.case.grant

    @property
    def people(self) -> dict[str, User]:
        return {
            "applicant": self.amal,
            "caseworker": self.anna,
            "decider": self.ben,
            "finance": self.carla,
        }

    @property
    def sums(self) -> tuple[int, int, int]:
        """Committed, paid, free, in cents."""
        found = budget.sums_of(self.pot)
        return found.committed, found.paid, found.free

    def ask(self, cents: int = 10_000, *, by: User | None = None, now=NOW, **fields) -> Payout:
        what = wanted(cents, now=now, **fields)
        return instalments.request(self.case, what, by=by or self.amal, now=now)

    def bring(self, payout: Payout, to: str, *, now=NOW) -> Payout:
        """Take a payout that has been asked for as far as the state `to`, by all who have to."""
        steps = {
            PayoutState.CERTIFIED: lambda: paying.certify(payout, by=self.anna, now=now),
            PayoutState.ORDERED: lambda: paying.order(payout, by=self.ben, now=now),
            PayoutState.EXPORTED: lambda: paying.export(
                self.case.agency_id, by=self.carla, now=now
            ),
            PayoutState.PAID: lambda: paying.mark_paid(
                payout, clock.today(now), by=self.carla, now=now
            ),
        }
        if to == PayoutState.REFUSED:
            paying.refuse(payout, "Beleg fehlt", by=self.anna, now=now)
        elif to == PayoutState.BOUNCED:
            self.bring(payout, PayoutState.EXPORTED, now=now)
            paying.mark_bounced(payout, "Konto erloschen", by=self.carla, now=now)
        elif to != PayoutState.REQUESTED:
            for state, step in steps.items():
                step()
                if state == to:
                    break
        return Payout.objects.get(pk=payout.pk)


def wanted(cents: int = 10_000, *, now=NOW, **fields) -> instalments.Wanted:
    """An advance for the next month, to the account of the applicant."""
    fields = {
        "mode": Payout.Mode.ADVANCE,
        "expected_until": clock.today(now) + dt.timedelta(days=30),
        "holder": AMAL,
        "iban": IBAN,
    } | fields
    return instalments.Wanted(amount_cents=cents, **fields)


def granted_in(
    agency: Agency,
    *,
    call=None,
    cents: int = 45_000,
    content: dict = cases.TYPED,
    is_posted: bool = True,
    now=NOW,
) -> Granted:
    """Granted, and the letter on its way by post; the objection still runs."""
    amal = User.objects.of_address("amal@example.org") or factories.user("amal@example.org")
    anna, ben, carla = (
        funding.staff(agency, role) for role in (Role.CASEWORKER, Role.DECIDER, Role.FINANCE)
    )
    call = call or cases.open_call(agency)
    pot = budget.budget_of(call) or cases.money_for(call)
    asked = cases.proposed(call, amal, anna, cases.wanted(cents), content=content, now=now)
    case = cases.decided(asked, ben, now=now)
    if is_posted:
        deliveries.post(case.letters.get(), posted_on=clock.today(now), by=anna, now=now)
    return Granted(case.pk, pot, amal, anna, ben, carla)


def final_in(agency: Agency, *, now=NOW, **options) -> Granted:
    """The same, and the objection is waived: money can be asked for."""
    found = granted_in(agency, now=now, **options)
    granted.waive(found.case, by=found.amal, now=now)
    return found
