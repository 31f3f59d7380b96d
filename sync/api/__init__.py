"""REST API of jobs, pending rows, schedules, full synchronization and imports."""

from pages.api import register_view


def register() -> None:
    """Mount the resources of this app below /api/v1/."""
    from sync.api import (
        explain,
        full_sync,
        imports,
        jobs,
        mappings,
        notifications,
        partners,
        pending,
        retention,
        ribbon,
        schedules,
        sync_errors,
        sync_now,
    )

    register_view("sync", sync_now.SyncView, name="sync")
    register_view("mappings/<str:name>/run", mappings.RunView, name="mapping_run")
    register_view("mappings/<str:name>/match", mappings.MatchView, name="mapping_match")
    register_view("mappings/<str:name>/let-in", mappings.LetInView, name="mapping_let_in")
    register_view("mappings/<str:name>/uncouple", mappings.UncoupleView, name="mapping_uncouple")
    register_view("jobs/delete-entries", jobs.DeleteEntriesView, name="jobs_delete_entries")
    register_view("jobs", jobs.JobViewSet, name="job")
    register_view("jobs/<uuid:pk>/follow-up", jobs.FollowUpView, name="job_follow_up")
    register_view("job-notifications", notifications.NotificationView, name="job_notifications")
    register_view("job-notifications/test", notifications.TestView, name="job_notifications_test")
    register_view("job-notices", notifications.NoticesView, name="job_notices")
    register_view("job-notices/<int:pk>/close", notifications.CloseView, name="job_notices_close")
    register_view("pending", pending.PendingView, name="pending")
    register_view("retention-policies", retention.RetentionViewSet, name="retention_policy")
    register_view("schedules/hold_all", schedules.HoldAllView, name="schedules_hold_all")
    register_view("schedules/ready_all", schedules.ReadyAllView, name="schedules_ready_all")
    register_view("schedules", schedules.ScheduleViewSet, name="schedule")
    register_view("full-sync/start", full_sync.StartView, name="full_sync_start")
    register_view("full-sync/restart", full_sync.RestartView, name="full_sync_restart")
    register_view("full-sync/reset", full_sync.ResetView, name="full_sync_reset")
    register_view("full-sync/comparison", full_sync.ComparisonView, name="full_sync_comparison")
    register_view("full-sync/compare", full_sync.CompareView, name="full_sync_compare")
    register_view("full-sync/comparison-not-needed", full_sync.NotNeededView, name="full_sync_not_needed")
    register_view("full-sync", full_sync.FullSyncView, name="full_sync")
    register_view("imports/<uuid:pk>/apply", imports.ApplyView, name="imports_apply")
    register_view("imports", imports.ImportView, name="imports")
    register_view("missing-partners/couple", partners.CouplePartnersView, name="missing_partners_couple")
    register_view("missing-partners", partners.MissingPartnersView, name="missing_partners")
    register_view("explain", explain.ExplainView, name="explain")
    register_view("crm/<str:table>/<str:pk>/business-central", ribbon.RibbonView, name="business_central")
    register_view("sync-errors/retry", sync_errors.RetryView, name="sync_errors_retry")
    register_view("sync-errors/retry_all", sync_errors.RetryAllView, name="sync_errors_retry_all")
    register_view("sync-errors/synchronize", sync_errors.SynchronizeView, name="sync_errors_synchronize")
    register_view("sync-errors/restore", sync_errors.RestoreView, name="sync_errors_restore")
    register_view("sync-errors/delete_records", sync_errors.DeleteRecordsView, name="sync_errors_delete_records")
    register_view("sync-errors/find_deleted", sync_errors.FindDeletedView, name="sync_errors_find_deleted")
    register_view("sync-errors", sync_errors.SyncErrorsView, name="sync_errors")
