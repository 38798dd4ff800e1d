from django.urls import path

from contacts.views import (
    agencies,
    confirming,
    corrections,
    directory,
    legal,
    look_up,
    maps,
    places,
)

app_name = "contacts"
urlpatterns = [
    path("zustaendig/", look_up.look_up, name="look_up"),
    path("zustaendig/vorschlaege/", look_up.suggestions, name="suggestions"),
    path("orte/<slug:municipality>/", places.municipality, name="municipality"),
    path("orte/<slug:municipality>/<slug:part>/", places.locality, name="locality"),
    path("aushang/<slug:municipality>/", places.notice, name="notice"),
    path("karte/", maps.districts, name="map"),
    path("karte/<slug:district>/", maps.district, name="district_map"),
    path("stellen/", agencies.agencies, name="agencies"),
    path("stellen/<slug:slug>/", agencies.agency, name="agency"),
    path("stellen/<slug:slug>/farben.css", agencies.accent, name="accent"),
    path("standorte/<slug:slug>/", agencies.office, name="office"),
    path("ansprechpersonen/", directory.directory, name="directory"),
    path("ansprechpersonen/<slug:slug>.vcf", directory.vcard, name="vcard"),
    path("ansprechpersonen/<slug:slug>/", directory.post, name="post"),
    path("hinweis/", corrections.correction, name="correction"),
    path("hinweis/danke/", corrections.thanks, name="correction_thanks"),
    path("bestaetigen/<str:token>/", confirming.confirm, name="confirm"),
    path("impressum/", legal.imprint, name="imprint"),
    path("datenschutz/", legal.privacy, name="privacy"),
    path("barrierefreiheit/", legal.accessibility, name="accessibility"),
    path("daten/", legal.sources, name="sources"),
]
