"""Post codes and cities offer the places that the company knows; a chosen one fills the whole address."""

from __future__ import annotations

from pages import Suggest


def places(prefix: str = "") -> dict[str, Suggest]:
    """What the fields of one address offer, whose names may have a prefix."""
    post_code, city = f"{prefix}post_code", f"{prefix}city"
    fills = {
        f"{prefix}country_region_code": "country_region_code",
        post_code: "code",
        city: "city",
        f"{prefix}county": "county",
    }
    return {
        post_code: Suggest("erp.PostCode", "code", fills),
        city: Suggest("erp.PostCode", "city", fills),
    }
