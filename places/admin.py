from django.contrib import admin

from places.models import District, Division, Holiday, Province


@admin.register(Province)
class ProvinceAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "code", "order"]


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "province"]
    list_filter = ["province"]
    list_select_related = ["province"]
    search_fields = ["name", "name_ur"]


@admin.register(District)
class DistrictAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "prefix", "division", "province", "standing", "starts_on", "ends_on"]
    list_filter = ["standing", "province"]
    list_select_related = ["division", "province"]
    search_fields = ["name", "name_ur", "alias", "alias_ur", "prefix"]
    autocomplete_fields = ["division", "parent"]


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ["on", "name", "name_ur", "calendar", "kind", "verified"]
    list_filter = ["calendar", "kind", "verified"]
    date_hierarchy = "on"
    search_fields = ["name", "name_ur"]
