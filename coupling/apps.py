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
        from coupling.services.coupling import delete_with_erp_record
        from pages import shell
        from records.messages import register_names
        from records.signals import records_deleted

        records_deleted.connect(delete_with_erp_record, dispatch_uid="coupling.goes_with_erp")
        api.register()
        extensions.extend_tables()
        shell.name_products(lambda app: products().erp if app == "erp" else products().crm)
        register_names({"erp_product": lambda: products().erp, "crm_product": lambda: products().crm})
