"""Addresses of the entrance, below the language."""

from django.urls import path

from portal.entrance import account, views

app_name = "entrance"
urlpatterns = [
    path("anmelden/", views.address, name="log_in"),
    path("anmelden/code/", views.code, name="code"),
    path("abmelden/", views.log_out, name="log_out"),
    path("konto/", account.account, name="account"),
    path("weiter/<str:token>/", views.link, name="link"),
]
