"""Local authorities: their settings and school calendars."""

from alongside.features.authorities.settings_cache import calendar_of, register_settings, settings_of

__all__ = ["calendar_of", "register_settings", "settings_of"]
