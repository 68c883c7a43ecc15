"""Records that Django admin shows to administrators and lets nobody touch."""

from django.contrib import admin


class LookAdmin(admin.ModelAdmin):
    """For support: administrators look, and nothing changes here. The actions alone write."""

    show_full_result_count = False
    ordering = ["-id"]

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
