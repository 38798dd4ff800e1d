"""Addresses of the entrance, below the language."""

from django.urls import path

from portal.entrance import account, typed, views
from portal.entrance.guard import applicant_page

app_name = "entrance"
urlpatterns = [
    path("anmelden/", views.address, name="log_in"),
    path("anmelden/code/", views.code, name="code"),
    path("anmelden/eingabe/", applicant_page(typed.page), name="typed"),
    path("abmelden/", views.log_out, name="log_out"),
    path("konto/", account.account, name="account"),
    path("konto/e-mail/", account.new_address, name="new_address"),
    path("konto/daten/", account.data, name="data"),
    path("konto/loeschen/", account.delete, name="delete"),
    path("weiter/<str:token>/", views.link, name="link"),
]
