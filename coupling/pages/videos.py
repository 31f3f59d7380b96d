"""The films that explain coupling, as the help of the pages of both sides and of couplings shows them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import Video

COUPLE = Video(
    "couple",
    _("Couple and Synchronize Records Manually"),
    "videos/couple.webm",
    24,
    (
        (0, _("Select the record on its list, or open its card.")),
        (4, _("Choose Set Up Coupling.")),
        (8, _("Choose the record that it belongs to, or to create a new one, then choose OK.")),
        (12, _("The record is coupled: the pane beside it shows its partner.")),
        (16, _("Choose Synchronize Now and the direction of the data update, then choose OK.")),
        (20, _("The result is told when the synchronization has ended.")),
    ),
)
