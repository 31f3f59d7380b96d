"""Connection Setup: the card, its dialogs and actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.access import connection_of
from coupling.connection_rules import NAMES
from coupling.models import IntegrationTableMapping
from coupling.pages.transfer import RESET
from coupling.pages.words import KEYWORDS
from coupling.services import connection as services
from pages import Action, CardPage, Chip, DialogPage, Done, FastTab, Help, Row, Selection, register


def is_enabled(request: HttpRequest) -> bool:
    """True while the connection is enabled."""
    return connection_of(request).enabled


def is_disabled(request: HttpRequest) -> bool:
    """True while it is not."""
    return not connection_of(request).enabled


def _test(_request: HttpRequest, _selection: Selection) -> Done:
    services.connection_test()
    return Done(_now("The connection works."), changed=False)


def _disable(_request: HttpRequest, _selection: Selection) -> Done:
    services.connection_disable()
    return Done(_now("The connection is disabled. Couplings are kept."), url="/connection-setup/")


def enabled_chip(request: HttpRequest, _row: Row) -> Chip | None:
    """Whether the connection is enabled, and why it was switched off."""
    connection = connection_of(request)
    if connection.enabled:
        return Chip(_("Enabled"), "ok", "plug_connected")
    return Chip(
        connection.disabled_reason or _("Disabled"),
        "bad" if connection.disabled_code else "neutral",
        "plug_disconnected",
    )


@register
class ConnectionCard(CardPage):
    """The connection to the Sales side."""

    name = "coupling.connection.card"
    model = "coupling.Connection"
    path = "connection-setup/"
    title = _("Dataverse Connection Setup")
    menu = ("setup", 5)
    icon = "plug_connected"
    right = "setup"
    edit_right = "setup"
    keywords = KEYWORDS
    help = Help(
        _(
            "Enter the address of the Sales environment and its integration user, test the connection and enable it. "
            "Only with an enabled connection can records be coupled and synchronized. While it is enabled only the "
            "product names can be changed."
        )
    )
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("kind", "address", "user_name", "enabled"),
            summary=("address", "enabled"),
        ),
        FastTab("ownership", _("Ownership"), ("ownership_model",), summary=("ownership_model",)),
        FastTab("names", _("Product Names"), ("erp_product_name", "crm_product_name"), summary=("crm_product_name",)),
    )
    chips = (enabled_chip,)

    def is_fixed(self, request: HttpRequest, row: Row | None, name: str) -> bool:
        """While the connection is enabled only the names of the products are changed."""
        return is_enabled(request) and name not in NAMES

    actions = (
        Action("test", _("Test Connection"), run=_test, right="setup", icon="checkmark_circle", order=10),
        Action(
            "enable",
            _("Enable"),
            dialog="coupling.connection.enable",
            right="setup",
            icon="plug_connected",
            order=20,
            visible=is_disabled,
        ),
        Action(
            "disable",
            _("Disable"),
            run=_disable,
            right="setup",
            icon="plug_disconnected",
            order=20,
            visible=is_enabled,
            confirm=_("Nothing is synchronized while the connection is disabled. Couplings are kept. Continue?"),
        ),
        Action(
            "secret",
            _("Enter Secret"),
            dialog="coupling.connection.secret",
            right="setup",
            icon="key",
            order=30,
            visible=is_disabled,
        ),
        RESET,
    )


class EnableForm(forms.Form):
    """Whether default mappings are installed."""

    install_defaults = forms.BooleanField(label=_("Install the default mappings"), required=False)


@register
class EnableDialog(DialogPage):
    """Enable the connection; where nothing is set up yet, ask for the default mappings."""

    name = "coupling.connection.enable"
    path = "connection-setup/enable/"
    title = _("Enable Connection")
    right = "setup"
    needs_selection = False
    form_class = EnableForm
    submit_caption = _("Enable")

    def get_lead(self, _request: HttpRequest) -> Any:
        """What the question means."""
        if IntegrationTableMapping.objects.exists():
            return _("Mappings that exist stay as they are; the default mappings that are missing can be added.")
        return _("There are no mappings yet. Without them nothing is synchronized.")

    def initial(self, _request: HttpRequest, _selection: Selection | None) -> dict[str, Any]:
        """Defaults are offered where nothing exists."""
        return {"install_defaults": not IntegrationTableMapping.objects.exists()}

    def submit(self, _request: HttpRequest, _selection: Selection | None, form: forms.Form | None) -> Done:
        """Test and enable."""
        assert form is not None
        services.connection_enable(install_defaults=form.cleaned_data["install_defaults"])
        return Done(_now("The connection is enabled."), url="/connection-setup/")


class SecretForm(forms.Form):
    """The secret, which is never shown again."""

    secret = forms.CharField(
        label=_("Secret"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("It is stored encrypted and cannot be read again."),
    )


@register
class SecretDialog(DialogPage):
    """Enter the secret of the integration user."""

    name = "coupling.connection.secret"
    path = "connection-setup/secret/"
    title = _("Enter Secret")
    right = "setup"
    needs_selection = False
    form_class = SecretForm

    def submit(self, _request: HttpRequest, _selection: Selection | None, form: forms.Form | None) -> Done:
        """Store it encrypted."""
        assert form is not None
        services.connection_save(values={"secret": form.cleaned_data["secret"]})
        return Done(_now("The secret is stored."))
