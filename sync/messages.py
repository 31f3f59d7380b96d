"""The sentences of this app's codes: messages of jobs and reasons of outcome rows."""

from django.utils.translation import gettext_lazy as _

from records.messages import register

register(
    {
        # reasons of what was done
        "changed": _("The record was changed."),
        "created": _("The record was created."),
        "forced": _("A user chose which side wins."),
        "merged": _("Changes of both sides were merged."),
        "matched": _("The records match."),
        "undone": _("An earlier job was taken back."),
        # reasons of what was not done
        "skipped_coupling": _("The coupling is skipped because synchronizing it failed repeatedly."),
        "update_conflict": _("The record was changed on both sides since the last synchronization."),
        "destination_deleted": _("The coupled record was deleted."),
        "source_deleted": _("The record was deleted."),
        "blocked_or_inactive": _("The record is blocked or inactive."),
        "ambiguous_match": _("There are several matching records."),
        "no_match": _("There is no matching record."),
        "no_criteria": _(
            "You must specify which fields of the mapping %(mapping)s should be used for match-based coupling."
        ),
        "truncated": _("The value was too long and has been cut."),
        "not_null": _("The value must not be blank."),
        "unknown_option": _("The option value '%(value)s' is not known."),
        "conversion_failed": _("The value '%(value)s' could not be converted: %(error)s"),
        "template_missing": _(
            "The configuration template %(template)s cannot be used: its %(field)s no longer fits the table."
        ),
        "dependency_failed": _("A mapping that has to go first did not finish."),
        "locked": _("Another user is changing the record. It will be tried again."),
        "version_conflict": _("The record was changed meanwhile."),
        "destination_changed": _("The record that would be overwritten was changed since the last synchronization."),
        "unavailable": _("The other side cannot be reached. It will be tried again."),
        "mapping_changed": _("The mapping %(mapping)s was changed while the job was running."),
        "internal_error": _("An unexpected error occurred: %(error)s"),
        "every_record_fails": _(
            "The job was stopped because every record it tried of the mapping %(mapping)s raised the same error: %(error)s"
        ),
        "not_undoable": _("The record was changed since, so the earlier values were not restored."),
        # what files are refused for
        "import_refused": _("Nothing was imported. Rows that could not be imported: %(count)s."),
        "file_missing": _("Choose a file."),
        "file_empty": _("The file is empty."),
        "file_not_csv": _("The file is not a CSV file: its first line is no list of column names. %(why)s"),
        "file_not_utf8": _("The file is not encoded in UTF-8. Save it as CSV UTF-8 and try again."),
        "file_too_large": _("The file is too large: at most %(max)s MB can be imported at once."),
        "column_twice": _("The file has two columns named '%(column)s'."),
        "unknown_column": _("The file has no column '%(column)s'. Its columns are: %(known)s."),
        "unknown_import_field": _("'%(field)s' is not a field that can be imported."),
        "field_twice": _("Two columns are mapped to the field '%(field)s'."),
        "no_columns": _("None of the columns has the name of a field. The columns are: %(known)s."),
        "too_many_values": _("The row has %(found)s values, but there are %(expected)s columns."),
        "too_few_values": _("The row has only %(found)s values, but there are %(expected)s columns."),
        "row_unreadable": _("The row cannot be read: %(why)s"),
        "row_too_long": _("The row is longer than %(max)s characters."),
        "bad_encoding": _("The value '%(value)s' is not encoded in UTF-8."),
        # workbooks
        "file_not_excel": _("The file is not an Excel workbook that can be read, or it is damaged. %(why)s"),
        "file_old_excel": _(
            "The workbook is in an old format or needs a password. Save it as .xlsx without a password and try again."
        ),
        "file_bursts": _(
            "The workbook is too large when it is unpacked: a part of it is larger than %(max)s MB. Save the sheet as CSV UTF-8 and try again."
        ),
        "no_sheet": _("The workbook has no sheet with rows."),
        "unknown_sheet": _("The file has no sheet '%(sheet)s'. Its sheets are: %(known)s."),
        "file_for_edit": _("The file was made to be edited and sent back. Choose Edit in Excel instead of Import."),
        "file_not_for_edit": _(
            "The file was not made by Edit in Excel, or its hidden first row is gone. Choose Import for other files."
        ),
        "file_of_other_table": _("The file contains records of the table %(table)s, not of %(wanted)s."),
        "formula_cell": _("The cell contains a formula. Replace it with its value and try again."),
        "error_cell": _("The cell contains the error %(value)s."),
        "row_tag_damaged": _("The hidden identifier of the row was changed. Get a new file and try again."),
        "row_twice": _(
            "The record stands in row %(earlier)s already. Enter new records in empty rows instead of copying rows."
        ),
        "row_gone": _("The record of the row was deleted by another user after the file was made."),
        "row_stale": _("The record was changed by another user after the file was made. Nothing was overwritten."),
        "not_a_preview": _("Only the preview of an import can be written, once it has ended."),
        "already_applied": _("The changes of this preview have been written already."),
        "file_forgotten": _("The file of the preview is no longer there. Upload it again."),
        # requests that are refused
        "job_not_ended": _("The job has not ended yet."),
        "job_is_preview": _("A preview has written nothing that could be taken back."),
        "nothing_to_undo": _("The job has written nothing that could be taken back."),
        "too_many_jobs": _("%(max)s of your jobs are waiting already. Try again when some of them have ended."),
        "already_undone": _("The job is being taken back already."),
        "job_ended": _("The job has ended already."),
        "nothing_pending": _("There is nothing that could be started."),
        "full_sync_running": _("A full synchronization is running."),
        "no_records_chosen": _("Choose at least one record."),
        "one_side_only": _("Name the records of one side only."),
        "merge_one_record": _("Only a single record can be merged."),
        "not_found_record": _("The record does not exist."),
        "invalid_time": _("'%(value)s' is not a time of day, such as 07:30."),
        "invalid_time_zone": _("'%(value)s' is not a time zone, such as Europe/Copenhagen."),
        "no_day_to_run": _("Choose at least one day of the week."),
        "webhook_address": _("Enter an address that begins with https:// or http://, without a user name."),
        "webhook_unknown_host": _("There is no computer with the name %(host)s."),
        "webhook_private": _(
            "%(host)s is an address inside a private network. It is called only where TANDEM_WEBHOOK_PRIVATE allows it."
        ),
        "webhook_away": _("The webhook could not be reached (%(error)s)."),
        "webhook_refused": _("The webhook answered with the status %(status)s."),
        "runs_too_often": _("Runs more often than every %(minutes)s minutes slow everybody's work down."),
        "category_waits": _("Another job of the category %(category)s is running."),
        "no_follow_up": _("The job asks no question, or it has been answered."),
        "schedule_busy": _("The job queue entry is being processed."),
        "direction_or_fields": _("Choose either one direction or a side for each field."),
        "choose_direction": _("Choose the direction of the data update."),
        "choose_each_field": _("Choose a side for at least one field."),
        "both_records_exist": _("Both records exist, so there is nothing to restore or to delete."),
        "no_mapping": _("The table %(table)s is not mapped to a table of %(erp_product)s."),
        "no_missing_partners": _("Everything that the records refer to is coupled already."),
        "still_working": _("The record is being created. Open it again in a moment."),
        # gates of the explanation
        "schedule_missing": _("There is no job queue entry for the mapping %(mapping)s."),
        "schedule_on_hold": _("The job queue entry of the mapping %(mapping)s is on hold."),
        "schedule_error": _("The job queue entry of the mapping %(mapping)s has stopped with an error."),
    }
)

register(
    {
        # what stands in the audit log
        "audit.job_refused": _("Job refused"),
        "audit.jobs_delete_entries": _("Log entries deleted"),
        "audit.notification_update": _("Job failure notifications changed"),
        "audit.records_delete": _("Coupled records deleted"),
        "audit.comparison_not_needed": _("Comparison after a restore declared unnecessary"),
        "audit.retention_apply": _("Retention policy applied"),
        "audit.retention_update": _("Retention policy changed"),
    }
)
