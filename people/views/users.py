"""Users, for administrators: list, create, edit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView

from people.forms import UserForm
from people.models import User
from people.services.user import FIELDS, user_create, user_update
from people.views.frame import Framed
from records.errors import Refused, Rejected, Stale
from records.messages import text


class UserListView(Framed, ListView):
    """All users with their permission sets."""

    template_name = "people/user_list.html"
    context_object_name = "users"
    paginate_by = 100

    def get_queryset(self) -> QuerySet[User]:
        """In the order of their names."""
        found = User.objects.order_by("username")
        search = self.request.GET.get("q", "").replace("\x00", "").strip()
        return found.filter(username__icontains=search) if search else found


class UserCreateView(Framed, FormView):
    """A new user."""

    form_class = UserForm
    template_name = "people/user_card.html"
    success_url = reverse_lazy("people.user.list")

    def form_valid(self, form: UserForm) -> HttpResponse:
        """Create the user, or show what is wrong at the fields."""
        values = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            user = user_create(username=form.cleaned_data["username"], password=form.cleaned_data["password"], **values)
        except Rejected as error:
            form.add_field_errors(error.errors)
            return self.form_invalid(form)
        messages.success(self.request, _("The user %(name)s is created.") % {"name": user.username})
        return redirect(self.get_success_url())


class UserEditView(Framed, FormView):
    """Permission sets, settings and password of a user."""

    form_class = UserForm
    template_name = "people/user_card.html"
    success_url = reverse_lazy("people.user.list")

    @cached_property
    def person(self) -> User:
        """The user of the address."""
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows the user."""
        return super().get_form_kwargs() | {"user": self.person}

    def form_valid(self, form: UserForm) -> HttpResponse:
        """Store the changes unless somebody else changed the user meanwhile."""
        values = {name: form.cleaned_data[name] for name in FIELDS}
        if form.cleaned_data["password"]:
            values["password"] = form.cleaned_data["password"]
        try:
            user = user_update(user=self.person, values=values, version=form.cleaned_data["version"])
        except Rejected as error:
            form.add_field_errors(error.errors)
            return self.form_invalid(form)
        except (Refused, Stale) as error:
            form.add_error(None, text(getattr(error, "code", "stale"), getattr(error, "params", {})))
            return self.form_invalid(form)
        if user.pk == self.request.user.pk:
            update_session_auth_hash(self.request, user)
        messages.success(self.request, _("The user %(name)s is saved.") % {"name": user.username})
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The heading names the user."""
        return super().get_context_data(person=self.person, **kwargs)
