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
    model = Alias
    extra = 0


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "district", "kind", "from_on", "until_on", "verified"]
    list_filter = ["verified", "kind", "district__province"]
    list_select_related = ["district"]
    search_fields = ["name", "name_ur", "district__name", "district__name_ur"]
    autocomplete_fields = ["district"]


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "prefix", "division", "province", "standing", "starts_on", "ends_on"]
    list_filter = ["standing", "province"]
    list_select_related = ["division", "province"]
    search_fields = ["name", "name_ur", "alias", "alias_ur", "prefix"]
    autocomplete_fields = ["division", "parent", "successors"]
    inlines = [AliasInline]


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ["on", "name", "name_ur", "calendar", "kind", "verified"]
    list_filter = ["calendar", "kind", "verified"]
    date_hierarchy = "on"
    search_fields = ["name", "name_ur"]
