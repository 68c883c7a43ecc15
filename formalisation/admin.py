from django.contrib import admin

from formalisation.models import RegistrationKind


@admin.register(RegistrationKind)
class RegistrationKindAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "authority", "is_open", "is_verified"]
    search_fields = ["name", "name_ur", "code"]
