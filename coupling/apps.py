"""Connection, mappings, couplings and gateways to the two sides."""

from django.apps import AppConfig


class CouplingConfig(AppConfig):
    """Connection, mappings, couplings and gateways to the two sides."""

    name = "coupling"

    def ready(self) -> None:
        """Texts, names of the products and system checks; extensions of pages and API only record themselves."""
        from coupling import api, extensions
        from coupling import checks as checks
        from coupling import messages as messages
        from coupling.products import products
        from records.messages import register_names

        api.register()
        extensions.extend_tables()
        register_names({"erp_product": lambda: products().erp, "crm_product": lambda: products().crm})
