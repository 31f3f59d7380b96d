"""The sentences of the API's own codes."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        "permission_denied": _("You do not have the permission for this."),
        "not_authenticated": _("Sign in, or send a token."),
        "nothing_here": _("There is nothing at this address."),
        "unreadable_body": _("The body of the request cannot be read."),
        "body_not_an_object": _("The body of the request must be an object with field names."),
        "too_large": _("The request is too large."),
        "throttled": _("There were too many requests. Try again in %(seconds)s seconds."),
        "bad_parameter": _("'%(value)s' is not a valid value here."),
        "idempotency_key_reused": _("The idempotency key was used before with another request."),
        "method_not_allowed": _("This method is not possible here."),
        "unsupported_media_type": _("This kind of content cannot be read here."),
        "not_acceptable": _("This kind of answer is not available here."),
    }
)
