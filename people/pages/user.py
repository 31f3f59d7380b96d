"""Users and their permission sets, for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from pages import Help, Page, register


@register
class UserPage(Page):
    """All users, a new user, one user."""

    name = "people.user.list"
    path = "users/"
    title = _("Users")
    right = "setup"
    edit_right = "setup"
    menu = ("setup", 90)
    icon = "people"
    keywords = _("user, password, permission set, rights, administrator, sign in")
    help = Help(
        _(
            "The permission set View reads everything, Use also changes records, couples and synchronizes, Setup also "
            "manages the connection, mappings, schedules and users. A user without a permission set sees only the own "
            "settings. A new password or other permission sets end the sessions of the user."
        )
    )

    def urls(self) -> Sequence[URLPattern]:
        """List, new user and card."""
        from people.views import users

        return [
            path(self.path, users.UserListView.as_view(page=self), name=self.name),
            path(f"{self.path}new/", users.UserCreateView.as_view(page=self), name="people.user.new"),
            path(f"{self.path}<int:pk>/", users.UserEditView.as_view(page=self), name="people.user.card"),
        ]
