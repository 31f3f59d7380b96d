"""What users set for themselves: language, time zone, salesperson, notifications, password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import FormView

from pages.shell import bar_kinds
from people.forms import PasswordForm, SettingsForm
from people.services.user import HIDDEN, SETTINGS, user_set_password, user_update
from people.views.frame import Framed, signed_in
from records.errors import FieldError, Rejected


class MySettingsView(Framed, FormView):
    """Language, time zone, salesperson and notifications; every user may open it."""

    form_class = SettingsForm
    template_name = "people/my_settings.html"
    success_url = reverse_lazy("people.settings")

    def get_initial(self) -> dict[str, Any]:
        """The settings as they are."""
        user = signed_in(self.request)
        shown = [kind for kind in bar_kinds() if kind not in user.notifications_off]
        return {name: getattr(user, name) for name in SETTINGS} | {"notifications": shown}

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        """Store them; the answer is already in the new language."""
        try:
            user = user_update(user=signed_in(self.request), values=self.values(form.cleaned_data))
        except Rejected as error:
            form.add_field_errors(error.errors)
            return self.form_invalid(form)
        if user.language:
            translation.activate(user.language)
        messages.success(self.request, _("Your settings are saved."))
        return redirect(self.get_success_url())

    def values(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What is stored: the notifications that are not ticked."""
        hidden = [kind for kind in bar_kinds() if kind not in cleaned["notifications"]]
        return {name: cleaned[name] for name in SETTINGS} | {HIDDEN: hidden}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form for the password stands below."""
        return super().get_context_data(password_form=PasswordForm(), **kwargs)


class PasswordView(Framed, FormView):
    """A new password for oneself; other sessions of the user end."""

    form_class = PasswordForm
    template_name = "people/password.html"
    success_url = reverse_lazy("people.settings")

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        """Check the present password, then store the new one and keep this session."""
        user = signed_in(self.request)
        if not user.check_password(form.cleaned_data["present"]):
            form.add_field_errors([FieldError("present", "password_wrong")])
            return self.form_invalid(form)
        try:
            user_set_password(user=user, password=form.cleaned_data["password"])
        except Rejected as error:
            form.add_field_errors(error.errors)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.get_success_url())
