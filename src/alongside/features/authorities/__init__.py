"""The authorities served here: what each has settled, and its school days."""

from alongside.features.authorities.settings_cache import calendar_of, register_settings, settings_of

__all__ = ["calendar_of", "register_settings", "settings_of"]
