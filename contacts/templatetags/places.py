"""Small words of this app for its templates."""

from django import template

from contacts.spoken import language_name

register = template.Library()
register.filter("language_name", language_name)
