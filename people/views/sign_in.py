"""Signing in and out, and choosing a language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from people.forms import SignInForm
from people.middleware import session_ended
from people.models import User
from people.services.sign_in import failure_clear, failure_record, keys_of, seconds_locked
from people.services.user import user_update


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class SignInView(FormView):
    """User name and password; too many failures lock the account and the address for a while."""

    form_class = SignInForm
    template_name = "people/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Who is signed in already goes on."""
        if request.user.is_authenticated and request.method == "GET":
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Look at the password, unless there were too many wrong ones."""
        name = form.cleaned_data["username"]
        keys = keys_of(name, client_address(self.request))
        if seconds := seconds_locked(keys):
            form.add_error(
                None, _("Too many failed attempts. Try again in %(seconds)s seconds.") % {"seconds": seconds}
            )
            response = self.render_to_response(self.get_context_data(form=form), status=429)
            response["Retry-After"] = str(seconds)
            return response
        user = authenticate(self.request, username=name, password=form.cleaned_data["password"])
        if user is None:
            failure_record(keys)
            form.add_error(None, _("The user name or the password is wrong."))
            return self.form_invalid(form)
        failure_clear(keys[0])
        login(self.request, user)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        """The page that was asked for, when it is one of ours."""
        return next_address(self.request) or first_page(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page to go to travels with the form."""
        return super().get_context_data(next=next_address(self.request), languages=settings.LANGUAGES, **kwargs)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect(settings.LOGIN_URL)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose a language: for the user when signed in, and for this browser."""
    language = request.POST.get("language", "")
    response = redirect(next_address(request) or first_page(request))
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            user_update(user=request.user, values={"language": language})
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page whose session was renewed elsewhere (or lost) is told so and keeps what was typed; a form says why."""
    if request.headers.get("HX-Request"):
        return session_ended(request)
    return django_csrf_failure(request, reason=reason)


def first_page(request: HttpRequest) -> str:
    """Where somebody begins: the own settings where no permission set opens anything else."""
    is_member = isinstance(request.user, User) and request.user.has_right("view")
    return resolve_url(settings.LOGIN_REDIRECT_URL if is_member else "people.settings")


def next_address(request: HttpRequest) -> str:
    """The path to go to afterwards; blank when none is given or it leads elsewhere."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None, require_https=request.is_secure())
    return given if given.startswith("/") and is_ours else ""


def client_address(request: HttpRequest) -> str:
    """Where the request comes from; a forwarded address counts only behind proxies that we trust."""
    proxies = getattr(settings, "TRUSTED_PROXIES", 0)
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
