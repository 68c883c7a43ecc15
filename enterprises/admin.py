from django.contrib import admin

from enterprises.models import ConsentTerm, DocumentKind, Sector, SizeClass


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin):
    """The lines of trade that forms offer, and the sectors under which reports count them."""

    list_display = ["name", "name_ur", "code", "parent", "order", "is_open"]
    list_filter = ["is_open"]
    list_select_related = ["parent"]
    search_fields = ["name", "name_ur", "code"]

    def get_readonly_fields(self, request, obj=None):
        """Registrations half-finished name a line by its code, so a code that was given stays."""
        return ["code"] if obj else []


@admin.register(SizeClass)
class SizeClassAdmin(admin.ModelAdmin):
    list_display = ("name", "up_to", "from_on", "until_on", "is_verified")


@admin.register(ConsentTerm)
class ConsentTermAdmin(admin.ModelAdmin):
    """How long permissions last that are given from some day on; those that were given keep their day."""

    list_display = ("kind", "months", "from_on")


@admin.register(DocumentKind)
class DocumentKindAdmin(admin.ModelAdmin):
    """Kinds of papers: what they are called, whether the lender sees them, and which steps need them."""

    list_display = ["name", "name_ur", "about", "is_shared", "for_steps", "is_open"]
    list_filter = ["about", "is_shared", "is_open"]
    search_fields = ["name", "name_ur", "code"]
