"""/connection/: the one connection; reading it needs the right *setup* too."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.connection_rules import FIELDS
from coupling.installation import company_name
from coupling.models import Connection
from coupling.services import connection as services
from coupling.services.company import company_rename, company_renamed
from pages.api import ApiView, body_object, if_match, telling_stored, versioned
from records.errors import FieldError, Rejected


class ConnectionSerializer(serializers.Serializer):
    """The connection as it is answered; `secret` is only ever sent."""

    kind = serializers.ChoiceField(["dataverse", "sales"], required=False)
    address = serializers.CharField(required=False, allow_blank=True)
    user_name = serializers.CharField(required=False, allow_blank=True)
    enabled = serializers.BooleanField(read_only=True)
    disabled_reason = serializers.CharField(read_only=True)
    ownership_model = serializers.ChoiceField(["team", "person"], required=False)
    erp_product_name = serializers.CharField(required=False, allow_blank=True)
    crm_product_name = serializers.CharField(required=False, allow_blank=True)
    row_version = serializers.IntegerField(read_only=True)


class ConnectionInput(ConnectionSerializer):
    """What PATCH takes."""

    secret = serializers.CharField(write_only=True, required=False)


class SetupView(ApiView):
    """Views of the connection: for administrators."""

    right_to_read = "setup"
    right_to_write = "setup"
    response_serializer = ConnectionSerializer


class ConnectionView(SetupView):
    """The connection."""

    request_serializer = ConnectionInput

    def get(self, _request: Any) -> Response:
        """The connection; its secret is never shown."""
        return answer()

    def patch(self, request: Any) -> Response:
        """Change the connection."""
        with telling_stored(lambda: shown(Connection.load())):
            services.connection_save(values=body_object(request), row_version=if_match(request))
        return answer()


class TestView(SetupView):
    """Test Connection."""

    def post(self, _request: Any) -> Response:
        """A real round trip; 409 with the code `address`, `credentials`, `privilege` or `base_currency`."""
        services.connection_test()
        return Response({"ok": True} | shown(Connection.load()))


class EnableInput(serializers.Serializer):
    """What enabling takes."""

    install_defaults = serializers.BooleanField(required=False)


class EnableView(SetupView):
    """Switch the connection on."""

    request_serializer = EnableInput

    def post(self, request: Any) -> Response:
        """Test, switch on, and with `install_defaults` make the default mappings that are missing."""
        install = flag(body_object(request), "install_defaults")
        services.connection_enable(install_defaults=install)
        return answer()


class DisableView(SetupView):
    """Switch the connection off."""

    def post(self, _request: Any) -> Response:
        """Actions vanish and schedules go on hold; couplings stay."""
        services.connection_disable()
        return answer()


class CompanySerializer(serializers.Serializer):
    """The name of the company here, and on the Sales side."""

    name = serializers.CharField()
    crm_name = serializers.CharField()


class CompanyView(SetupView):
    """The name of the company on both sides."""

    response_serializer = CompanySerializer

    def get(self, _request: Any) -> Response:
        """Both names; they differ after the company was renamed."""
        return Response(names())

    def post(self, _request: Any) -> Response:
        """Give the company of the Sales side, and its owner team, the name of the company; 409 `company_not_renamed`."""
        company_rename()
        return Response(names())


def names() -> dict[str, str]:
    """Both names of the company."""
    name, found = company_name(), company_renamed()
    return {"name": name, "crm_name": found.old if found else name}


def answer() -> Response:
    """The connection with its version as ETag."""
    return versioned(shown(Connection.load()))


def shown(connection: Connection) -> dict[str, Any]:
    """The connection without its secret."""
    values: dict[str, Any] = {name: getattr(connection, name) for name in FIELDS}
    return {
        "id": str(connection.pk),
        **values,
        "enabled": connection.enabled,
        "disabled_reason": connection.disabled_reason,
        "row_version": connection.row_version,
        "page": "/connection-setup/",
    }


def flag(body: dict[str, Any], name: str, *, default: bool = False) -> bool:
    """A Bool of a request body. Raises Rejected."""
    value = body.get(name, default)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Rejected([FieldError(name, "invalid_value", {"value": str(value)[:50]})])
    return value
