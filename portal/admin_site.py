"""The administration at /verwaltung/: Django's admin with our titles, and for our staff only."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from portal import dashboard

# The start page is ordered by what an editor wants to do, not by Python packages. A `ModelAdmin`
# names its group in `task` and its place there in `rank`.
TASKS = {
    "contacts": _("Who answers"),
    "inbox": _("What needs a decision"),
    "funding": _("What is funded"),
    "content": _("What is published"),
    "places": _("Places"),
    "record": _("To look up"),
    "access": _("Accounts and legal texts"),
}


class VerwaltungConfig(AdminConfig):
    """Makes `VerwaltungSite` the site that `admin.register` and autodiscovery use."""

    default_site = "portal.admin_site.VerwaltungSite"


@dataclass(frozen=True, kw_only=True)
class OwnPage:
    """A page of the administration that is no list of rows; an app adds it with `add_page`.

    `task` and `rank` say where it stands on the start page, `is_for` who finds it there. The view
    itself refuses everybody else.
    """

    route: str
    name: str
    view: Callable[..., HttpResponse]
    label: str
    task: str
    rank: int
    is_for: Callable[[HttpRequest], bool]

    def as_entry(self) -> dict:
        return {
            "name": self.label,
            "object_name": self.name,
            "admin_url": reverse(f"admin:{self.name}"),
            "add_url": None,
            "view_only": True,
            "rank": self.rank,
        }


class LabelledAutocompleteView(AutocompleteJsonView):
    """Suggestions in the words of the `ModelAdmin`, where it has a `choice_label`."""

    def get_queryset(self):
        """Without what is out of use: whoever chooses it would be refused."""
        found = super().get_queryset()
        return found.filter(archived_on=None) if hasattr(found.model, "archived_on") else found

    def serialize_result(self, obj, to_field_name):
        label = getattr(self.model_admin, "choice_label", str)
        return {**super().serialize_result(obj, to_field_name), "text": label(obj)}


class VerwaltungSite(admin.AdminSite):
    """The staff's side of the portal."""

    site_title = _("Ansprechbar – administration")
    site_header = _("Ansprechbar – administration")
    index_title = _("What would you like to change?")
    empty_value_display = "–"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Rows go one by one: a list with a box on every line makes it too easy to lose thirty.
        self.disable_action("delete_selected")
        self.own_pages: list[OwnPage] = []

    def add_page(self, page: OwnPage) -> None:
        """Show `page` at its route, and on the start page for those whom it is for."""
        self.own_pages.append(page)

    def get_urls(self):
        own = [
            path(page.route, self.admin_view(page.view), name=page.name) for page in self.own_pages
        ]
        return [*own, *super().get_urls()]

    def index(self, request, extra_context=None):
        """The start page: what needs doing, above the list of what can be changed."""
        to_do = dashboard.lines(request)
        return super().index(request, {"to_do": to_do, **(extra_context or {})})

    def has_permission(self, request) -> bool:
        """Active staff only; what they may do there follows from their roles."""
        user = request.user
        return user.is_active and user.is_staff

    def login(self, request, extra_context=None):
        """To the one log-in, with its second factor and its limits; a POST here tries nothing."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        way_back = QueryDict(mutable=True)
        asked = request.GET.get(REDIRECT_FIELD_NAME)
        way_back[REDIRECT_FIELD_NAME] = asked or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('account_login')}?{way_back.urlencode(safe='/')}")

    def password_change(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_app_list(self, request, app_label=None):
        """The pages that the user may see, by `TASKS`, and in each by `rank`."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        found: dict[str, list[dict]] = {task: [] for task in TASKS}
        for entry in (model for app in apps for model in app["models"]):
            page = self._registry[entry["model"]]
            entry["rank"] = getattr(page, "rank", 99)
            found[getattr(page, "task", "record")].append(entry)
        for page in self.own_pages:
            if page.is_for(request):
                found[page.task].append(page.as_entry())
        return [
            {
                "name": TASKS[task],
                "app_label": task,
                "app_url": f"#{task}",
                "has_module_perms": True,
                "models": sorted(models, key=itemgetter("rank")),
            }
            for task, models in found.items()
            if models
        ]

    def autocomplete_view(self, request):
        return LabelledAutocompleteView.as_view(admin_site=self)(request)


verwaltung = admin.site
