"""The sentences of the codes that people raise."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        "last_administrator": _("%(user)s is the last active user with the permission set Setup."),
        "password_too_short": _("The password is too short; it needs at least %(min_length)s characters."),
        "password_too_common": _("The password is too common."),
        "password_too_similar": _("The password is too similar to the %(verbose_name)s."),
        "password_mismatch": _("The two passwords differ."),
        "password_wrong": _("This is not your present password."),
    }
)

register(
    {
        # what stands in the audit log
        "audit.token.created": _("API token created"),
        "audit.user.created": _("User created"),
        "audit.user.changed": _("User changed"),
        "audit.user.password_changed": _("Password changed"),
    }
)
