"""Jobs, the engine, schedules and the error work-list."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SyncConfig(AppConfig):
    """Jobs, the engine, schedules and the error work-list."""

    name = "sync"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install the change log's triggers after migrations; register checks and message texts."""
        from coupling import signals, work
        from sync import api, counts, retention, schedules, uncouple
        from sync import catalogue as catalogue
        from sync import messages as messages
        from sync.changes import install
        from sync.notifications import failures
        from sync.port import JobsPort
        from sync.worklist import view

        api.register()
        counts.register()
        work.offer(JobsPort())
        post_migrate.connect(install.install, sender=self, dispatch_uid="sync.changes")
        pre_migrate.connect(view.remove, sender=self, dispatch_uid="sync.work_list.remove")
        post_migrate.connect(retention.install, sender=self, dispatch_uid="sync.retention")
        post_migrate.connect(failures.install, sender=self, dispatch_uid="sync.notifications")
        post_migrate.connect(view.install, sender=self, dispatch_uid="sync.work_list")
        signals.connection_changed.connect(schedules.on_connection_changed, dispatch_uid="sync.connection")
        signals.mappings_changed.connect(schedules.on_mappings_changed, dispatch_uid="sync.mappings")
        signals.couplings_removed.connect(uncouple.on_couplings_removed, dispatch_uid="sync.couplings_removed")
        signals.couplings_made.connect(uncouple.on_couplings_made, dispatch_uid="sync.couplings_made")
