from django.contrib import admin

from journal.models import JobRun


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin):
    """Which reports and nightly jobs ran, to read only."""

    list_display = ["job", "period", "state", "due_at", "done_at", "attempts"]
    list_filter = ["state", "job"]
    ordering = ["-id"]
    exclude = ["token"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
