from django.contrib import admin

from messaging.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """What was said when, to read only. There is no text and no phone to show: none is kept."""

    list_display = ["id", "kind", "state", "due_at", "sent_at", "attempts", "last_error"]
    list_filter = ["state", "kind"]
    ordering = ["-id"]
    exclude = ["secret", "token", "gateway_id"]
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
