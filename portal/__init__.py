"""The site itself: settings, users, page shell, clock, data version, health, legal pages."""

__version__ = "0.1.0"
