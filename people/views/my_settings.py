"""What users set for themselves: language, time zone, salesperson, password."""

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

from people.forms import PasswordForm, SettingsForm
from people.services.user import SETTINGS, user_set_password, user_update
from people.views.frame import Framed, signed_in
from records.errors import FieldError, Rejected


class MySettingsView(Framed, FormView):
    """Language, time zone and salesperson; every user may open it."""

    form_class = SettingsForm
    template_name = "people/my_settings.html"
    success_url = reverse_lazy("people.settings")

    def get_initial(self) -> dict[str, Any]:
        """The settings as they are."""
        return {name: getattr(self.request.user, name) for name in SETTINGS}

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        """Store them; the answer is already in the new language."""
        try:
            user = user_update(user=signed_in(self.request), values=form.cleaned_data)
        except Rejected as error:
            form.add_field_errors(error.errors)
            return self.form_invalid(form)
        if user.language:
            translation.activate(user.language)
        messages.success(self.request, _("Your settings are saved."))
        return redirect(self.get_success_url())

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
