"""What several Sales pages share: states as chips, activating, the fields of an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.choices import ACTIVE, INACTIVE
from crm.rules.owner import user_of
from pages import Action, Chip, Done, Selection, Status
from records.errors import Rejected
from records.writes import Edit, Written, update

STATE_CHIPS = {
    ACTIVE: Chip(_("Active"), "ok", "checkmark_circle"),
    INACTIVE: Chip(_("Inactive"), "neutral", "subtract_circle"),
}
STREET = ("address1_line1", "address1_line2", "address1_line3")
PLACE = ("address1_city", "address1_stateorprovince", "address1_postalcode", "address1_country")
MORE_ADDRESS = ("address1_county", "address1_telephone1", "address1_fax")
CHANNELS = ("preferredcontactmethodcode", "donotemail", "donotphone", "donotfax", "donotpostalmail")


def state_column() -> Status:
    """The status as a chip."""
    return Status("statecode", chips=STATE_CHIPS)


def mine(request: HttpRequest) -> str:
    """Filter: rows that the user owns."""
    user = user_of(request.user.get_username())
    return f"ownerid={user or '00000000-0000-0000-0000-000000000000'}"


def my_active(request: HttpRequest) -> str:
    """Filter: active rows that the user owns."""
    return f"statecode={ACTIVE},{mine(request)}"


def changed(selection: Selection, values: dict[str, Any]) -> Written:
    """Write the same values to all chosen records. Raises Rejected when none of them can be changed."""
    written = update(selection.label, [Edit(pk, values) for pk in selection.pks], source="page")
    if written.rejected and not written.rows:
        raise Rejected(written.rejected[0].errors)
    return written


def _activate(_request: HttpRequest, selection: Selection) -> Done:
    count = len(changed(selection, {"statecode": ACTIVE}).rows)
    text = ngettext("%(count)s record was activated.", "%(count)s records were activated.", count)
    return Done(text % {"count": count})


def _deactivate(_request: HttpRequest, selection: Selection) -> Done:
    count = len(changed(selection, {"statecode": INACTIVE}).rows)
    text = ngettext("%(count)s record was deactivated.", "%(count)s records were deactivated.", count)
    return Done(text % {"count": count})


STATE_ACTIONS = (
    Action("activate", _("Activate"), run=_activate, scope="many", icon="checkmark_circle", order=30),
    Action(
        "deactivate",
        _("Deactivate"),
        run=_deactivate,
        scope="many",
        icon="subtract_circle",
        order=31,
        confirm=_("Deactivate the selected records? Inactive records are kept, but they cannot be changed."),
    ),
)
