"""Who calls the API: a token, or the session of the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from people.models import User
from people.services import token_user


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <token>`, as `manage.py api_token` prints it."""

    keyword = "Token"

    def authenticate(self, request: Any) -> tuple[User, str] | None:
        """The user behind the token; None for a request without one."""
        keyword, _blank, token = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != self.keyword.lower():
            return None
        user = token_user(token.strip())
        if user is None:
            raise AuthenticationFailed(_("The token is not valid."))
        return user, token

    def authenticate_header(self, _request: Any) -> str:
        """What a 401 asks for."""
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    """Tells the OpenAPI document how a token is sent."""

    target_class = "people.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A header with the token."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <token>"}
