"""The parts of an address as one text, the way an envelope shows them."""

from __future__ import annotations

_PLACE = "nullif(concat_ws(' ', {t}.address1_postalcode, {t}.address1_city), '')"

#: SQL of `address1_composite`: one line for each part that is there, null without any; `{t}` is the table.
COMPOSITE = (
    "nullif(concat_ws(E'\\n', {t}.address1_line1, {t}.address1_line2, {t}.address1_line3, "
    f"{_PLACE}, {{t}}.address1_stateorprovince, {{t}}.address1_country), '')"
)
