"""The Business Central side."""

from django.apps import AppConfig


class ErpConfig(AppConfig):
    """The Business Central side."""

    name = "erp"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register texts, API and pages; see that every setup table has its row."""
        from django.db.models.signals import post_migrate

        from erp import api, messages
        from erp.rules import salesperson
        from erp.selectors.setup import company_name
        from erp.services.installation import ensure_setup_rows
        from pages import shell
        from people.salespeople import keep_salespeople

        assert messages  # the texts register themselves by being imported
        api.register()
        shell.name_company(company_name)
        keep_salespeople(("erp.Customer", "salesperson_code"), salesperson.refusal_of)
        post_migrate.connect(ensure_setup_rows, sender=self, dispatch_uid="erp.setup_rows")
