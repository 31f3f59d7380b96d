"""REST API of jobs, pending rows, schedules, full synchronization and imports."""

from pages.api import register_view


def register() -> None:
    """Mount the resources of this app below /api/v1/."""
    from sync.api import full_sync, imports, jobs, mappings, pending, schedules, sync_now

    register_view("sync", sync_now.SyncView, name="sync")
    register_view("mappings/<str:name>/run", mappings.RunView, name="mapping_run")
    register_view("mappings/<str:name>/match", mappings.MatchView, name="mapping_match")
    register_view("mappings/<str:name>/uncouple", mappings.UncoupleView, name="mapping_uncouple")
    register_view("jobs/delete-entries", jobs.DeleteEntriesView, name="jobs_delete_entries")
    register_view("jobs", jobs.JobViewSet, name="job")
    register_view("pending", pending.PendingView, name="pending")
    register_view("schedules/hold_all", schedules.HoldAllView, name="schedules_hold_all")
    register_view("schedules/ready_all", schedules.ReadyAllView, name="schedules_ready_all")
    register_view("schedules", schedules.ScheduleViewSet, name="schedule")
    register_view("full-sync/start", full_sync.StartView, name="full_sync_start")
    register_view("full-sync/restart", full_sync.RestartView, name="full_sync_restart")
    register_view("full-sync/reset", full_sync.ResetView, name="full_sync_reset")
    register_view("full-sync", full_sync.FullSyncView, name="full_sync")
    register_view("imports", imports.ImportView, name="imports")
