"""What users set for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from pages import Help, Page, register


@register
class MySettingsPage(Page):
    """Language, time zone, salesperson, notifications and password; every user may open it."""

    name = "people.settings"
    path = "my-settings/"
    title = _("My Settings")
    right = ""
    edit_right = ""
    icon = "settings"
    keywords = _("language, time zone, password, salesperson, notifications, my settings")
    help = Help(
        _(
            "Pages are shown in the language that you choose here; without a choice they follow the browser. New "
            "customers get the salesperson that is named here when none is given. Permission sets are given by an "
            "administrator."
        )
    )

    def urls(self) -> Sequence[URLPattern]:
        """The settings, and the password alone."""
        from people.views import my_settings

        return [
            path(self.path, my_settings.MySettingsView.as_view(page=self), name=self.name),
            path(f"{self.path}password/", my_settings.PasswordView.as_view(page=self), name="people.password"),
        ]
