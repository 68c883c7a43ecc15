from django.contrib import admin

from enterprises.models import DocumentKind, FamilyQuestion, Household, Kinship, Residence, Sector, SizeClass
from kit.admin import LookAdmin


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin):
    """The lines of trade that forms offer, and the sectors under which reports count them."""

    list_display = ["name", "name_ur", "code", "parent", "order", "is_open"]
    list_filter = ["is_open"]
    list_select_related = ["parent"]
    search_fields = ["name", "name_ur", "code"]
    autocomplete_fields = ["parent"]

    def get_readonly_fields(self, request, obj=None):
        """Registrations half-finished name a line by its code, so a code that was given stays."""
        return ["code"] if obj else []


@admin.register(SizeClass)
class SizeClassAdmin(admin.ModelAdmin):
    list_display = ("name", "up_to", "from_on", "until_on", "is_verified")


@admin.register(DocumentKind)
class DocumentKindAdmin(admin.ModelAdmin):
    """Kinds of papers: what they are called, whether the lender sees them, and which steps need them."""

    list_display = ["name", "name_ur", "about", "is_shared", "for_steps", "is_open"]
    list_filter = ["about", "is_shared", "is_open"]
    search_fields = ["name", "name_ur", "code"]


@admin.register(FamilyQuestion)
class FamilyQuestionAdmin(LookAdmin):
    """For what purpose families are asked, and since when. People stand here by their numbers."""

    list_display = ["id", "person_id", "purpose", "asked_at", "closed_at"]
    list_filter = ["purpose"]
    fields = list_display


@admin.register(Kinship)
class KinshipAdmin(LookAdmin):
    """Every statement with what came of it, past ones too, and without a name."""

    list_display = ["id", "person_id", "relative_id", "relation", "source", "stated_at", "until_at"]
    list_filter = ["relation", "source"]
    fields = [*list_display, "since_on", "ended_on", "ending", "version"]


@admin.register(Household)
class HouseholdAdmin(LookAdmin):
    list_display = ["id", "size", "earners", "source", "stated_at", "version"]
    list_filter = ["source"]
    fields = list_display


@admin.register(Residence)
class ResidenceAdmin(LookAdmin):
    """Who lived in which household, from when until when."""

    list_display = ["id", "person_id", "household_id", "from_on", "until_on", "source"]
    list_filter = ["source"]
    fields = [*list_display, "stated_at", "version"]
