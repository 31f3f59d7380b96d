"""Forms of the pages about people. What a value may be is said by the services; forms carry it to the fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pages.shell import bar_kinds
from people.models.user import RIGHT_CAPTIONS, User
from people.salespeople import SalespersonInput
from people.services.user import time_zones
from records.errors import FieldError
from records.messages import text


def languages() -> list[tuple[str, Any]]:
    """All languages, and the choice to follow the browser."""
    return [("", _("As the browser asks for")), *settings.LANGUAGES]


def zones() -> list[tuple[str, Any]]:
    """All time zones, UTC first."""
    return [("", "UTC"), *((name, name.replace("_", " ")) for name in time_zones())]


def salesperson_field() -> forms.CharField:
    """The salesperson that somebody is, with the look-up of those there are."""
    return forms.CharField(label=_("Salesperson Code"), max_length=20, required=False, widget=SalespersonInput)


class ErrorsMixin:
    """Shows errors of services at their fields."""

    def add_field_errors(self, errors: Iterable[FieldError]) -> None:
        """Add errors; those of fields that the form does not show stand at its top."""
        for error in errors:
            name = error.field if error.field in self.fields else None  # type: ignore[attr-defined]
            self.add_error(name, text(error.code, error.params))  # type: ignore[attr-defined]


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SettingsForm(ErrorsMixin, forms.Form):
    """What users set for themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    time_zone = forms.ChoiceField(label=_("Time Zone"), choices=zones, required=False)
    salesperson = salesperson_field()
    notifications = forms.MultipleChoiceField(
        label=_("Notifications on the home page"),
        choices=lambda: list(bar_kinds().items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is not shown to you."),
    )


class PasswordForm(ErrorsMixin, forms.Form):
    """A new password, with the present one as proof."""

    present = forms.CharField(
        label=_("Present Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("New Password, Again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both new passwords must be the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", text("password_mismatch"))
        return cleaned


class UserForm(ErrorsMixin, forms.Form):
    """A user as an administrator sees it. The name is fixed once the user exists."""

    username = forms.CharField(
        label=_("User Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(label=_("Email"), required=False)
    permission_sets = forms.MultipleChoiceField(
        label=_("Permission Sets"),
        choices=list(RIGHT_CAPTIONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("View reads everything. Use also changes, couples and synchronizes. Setup also administers."),
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    time_zone = forms.ChoiceField(label=_("Time Zone"), choices=zones, required=False)
    salesperson = salesperson_field()
    password = forms.CharField(
        label=_("New Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        if user is not None:
            names = ("username", "email", "permission_sets", "active", "language", "time_zone", "salesperson")
            known = {n: getattr(user, n) for n in names} | {"version": user.row_version}
            kwargs["initial"] = known | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if user is not None:
            self.fields["username"].disabled = True
        else:
            self.fields["password"].required = True
