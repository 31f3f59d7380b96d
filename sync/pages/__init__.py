"""Pages of this app: jobs and their log, the work-list, job queue entries, and the dialogs over pages of other apps.

What is added to pages of other apps stands in `sync.page_extensions`.
"""
