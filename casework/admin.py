from django.contrib import admin

from casework.models import (
    Authority,
    GrievanceCategory,
    PlanTemplate,
    StepKind,
    TemplateStep,
    Topic,
    Trade,
    TradeLine,
)


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


@admin.register(GrievanceCategory)
class GrievanceCategoryAdmin(admin.ModelAdmin):
    """What people complain of, within how many days it is answered, and what leaves the office that it is about."""

    list_display = ["name", "name_ur", "days", "is_serious", "is_open", "order"]
    search_fields = ["name", "name_ur", "code"]


class TemplateStepInline(admin.TabularInline):
    model = TemplateStep
    extra = 0


@admin.register(PlanTemplate)
class PlanTemplateAdmin(admin.ModelAdmin):
    """Steps that go together in a kind of case."""

    list_display = ["name", "name_ur", "suggested_for", "is_open", "order"]
    search_fields = ["name", "name_ur", "code"]
    inlines = [TemplateStepInline]


@admin.register(Authority)
class AuthorityAdmin(admin.ModelAdmin):
    """Whose obstacles are written down."""

    list_display = ["name", "name_ur", "is_open", "order"]
    search_fields = ["name", "name_ur", "code"]


class TradeLineInline(admin.TabularInline):
    model = TradeLine
    extra = 0


@admin.register(Trade)
class TradeAdmin(admin.ModelAdmin):
    """What the business plan of a kind of work asks for. A study with an address that nobody looked at is not shown."""

    list_display = ["name", "name_ur", "sector", "study", "is_verified", "is_open", "order"]
    list_select_related = ["sector"]
    search_fields = ["name", "name_ur", "code"]
    inlines = [TradeLineInline]
