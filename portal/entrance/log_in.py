"""From an address to a session: mailing the code, letting somebody in, and what happens then."""

from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import auth, limits, login_code, own_links
from portal.context import site_address
from portal.entrance import arrivals, flows, links
from portal.entrance.arrivals import Carried
from portal.entrance.flows import Flow
from portal.entrance.forms import CodeForm
from portal.entrance.guard import signed_in
from portal.models import User

# How often a code may be asked for: for one address, and from one network address.
A_MINUTE, AN_HOUR, FROM_ONE_PLACE = 3, 10, 20


def ask_for_code(
    request: HttpRequest, email: str, *, carried: Carried | None = None, weiter: str = ""
) -> HttpResponse:
    """Mail a code to `email` and lead to the page where it is typed.

    Afterwards the handler of `carried` is called, or the local path `weiter` opens. Whoever is
    logged in with that address already gets there at once. `email` is valid as a form field has
    it; raises ValueError for more data than can be carried.
    """
    return begin(request, flows.begin(email=email, weiter=weiter, carried=carried))


def begin(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The same for a flow."""
    user = signed_in(request)
    if user is not None and login_code.normal(user.email) == flow.email:
        links.use(flow.link, now=request.now)
        return arrive(request, user, flow)
    return send_code(request, flow)


def send_code(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Mail a code for `flow`; when that was too often, the page says so and nothing is lost."""
    flows.keep(request, flow)
    if not may_ask(request, flow.email):
        form = CodeForm()
        form.remark = too_often()
        return code_page(request, flow, form, status=429)
    login_code.issue(flow.email, nonce=flow.nonce, site=site_address(request), now=request.now)
    return HttpResponseRedirect(reverse("entrance:code"))


def may_ask(request: HttpRequest, email: str) -> bool:
    """Count one more code for `email`, whoever it is: whether that is within the limits."""
    now = request.now
    return (
        limits.is_within(request, "code", amount=FROM_ONE_PLACE, now=now)
        and limits.is_within(
            request, "code", amount=A_MINUTE, now=now, seconds=limits.MINUTE, of=email
        )
        and limits.is_within(request, "code", amount=AN_HOUR, now=now, of=email)
    )


def too_often() -> str:
    return _("That was too often. Please wait a few minutes, then ask for a new code.")


def code_page(
    request: HttpRequest, flow: Flow, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "flow": flow, "minutes": login_code.LASTS.seconds // 60}
    return render(request, "entrance/code.html", context, status=status)


def account_of(email: str) -> User | None:
    """The account of an address whose code was right, made where there is none.

    None for staff and for an account that is switched off.
    """
    email = login_code.normal(email)
    user = User.objects.of_address(email)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email)
        except IntegrityError:  # made by the same person at the same moment
            user = User.objects.of_address(email)
    return user if user and auth.ApplicantBackend().user_can_authenticate(user) else None


def let_in(request: HttpRequest, user: User, flow: Flow) -> HttpResponse:
    """Log `user` in, in a new session that has nothing of the one before; then go on."""
    request.session.flush()
    login(request, user, backend=auth.APPLICANT_BACKEND)
    links.use(flow.link, now=request.now)
    return arrive(request, user, flow)


def arrive(request: HttpRequest, user: User, flow: Flow) -> HttpResponse:
    """Hand over what was carried, and lead to where somebody was going."""
    request.applicant = user
    arrival = arrivals.of_kind(flow.kind)
    url = arrival.handler(request, user, flow.data) if arrival else flow.weiter
    return HttpResponseRedirect(url or own_links.home())
