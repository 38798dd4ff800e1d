"""All addresses: the language first, then German words in every language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from portal.admin_site import verwaltung
from portal.views import errors, home, meta, search

urlpatterns = [
    path("", home.choose_language, name="root"),
    path("robots.txt", meta.robots, name="robots"),
    path("sitemap.xml", meta.sitemap, name="sitemap"),
    path(".well-known/security.txt", meta.security, name="security"),
    path("verwaltung/konto/", include("portal.accounts.urls")),
    path("verwaltung/", verwaltung.urls),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("suche/", search.search, name="search"),
        path("", include("portal.entrance.urls")),
        path("", include("contacts.urls")),
        path("", include("projects.urls")),
        prefix_default_language=True,
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many_requests
handler500 = errors.server_error
