from django.contrib import admin

from places.models import Alias, District, Division, Holiday, Province


@admin.register(Province)
class ProvinceAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "code", "order"]


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "province"]
    list_filter = ["province"]
    list_select_related = ["province"]
    search_fields = ["name", "name_ur"]


class AliasInline(admin.TabularInline):
    """With an empty row, because without script none can be added to the page."""

    model = Alias
    extra = 1


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "district", "kind", "from_on", "until_on", "verified"]
    list_filter = ["verified", "kind", "district__province"]
    list_select_related = ["district"]
    search_fields = ["name", "name_ur", "district__name", "district__name_ur"]


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "prefix", "division", "province", "standing", "starts_on", "ends_on"]
    list_filter = ["standing", "province"]
    list_select_related = ["division", "province"]
    search_fields = ["name", "name_ur", "alias", "alias_ur", "prefix"]
    inlines = [AliasInline]


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ["on", "name", "name_ur", "calendar", "kind", "verified"]
    list_filter = ["calendar", "kind", "verified"]
    date_hierarchy = "on"
    search_fields = ["name", "name_ur"]
