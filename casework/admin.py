from django.contrib import admin

from casework.models import StepKind, Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "order"]
    search_fields = ["name", "name_ur", "code"]


@admin.register(StepKind)
class StepKindAdmin(admin.ModelAdmin):
    """The steps that plans are made of, and what closes each."""

    list_display = ["name", "name_ur", "owner", "days", "closed_by_event", "is_open"]
    list_filter = ["owner", "is_open"]
    search_fields = ["name", "name_ur", "code"]
