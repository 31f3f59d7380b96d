"""Connection, mappings, couplings and gateways to the two sides."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


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
        from coupling.services.lost import when_records_deleted
        from coupling.services.transformation import ensure_rules
        from pages import shell
        from records.messages import register_names
        from records.signals import records_deleted

        records_deleted.connect(delete_with_erp_record, dispatch_uid="coupling.goes_with_erp")
        records_deleted.connect(when_records_deleted, dispatch_uid="coupling.lost")
        post_migrate.connect(ensure_rules, sender=self, dispatch_uid="coupling.transformation_rules")
        api.register()
        extensions.extend_tables()
        shell.name_products(lambda app: products().erp if app == "erp" else products().crm)
        register_names({"erp_product": lambda: products().erp, "crm_product": lambda: products().crm})
