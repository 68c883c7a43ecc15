from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from training.actions import runs
from training.models import Course, CourseRun, Sitting


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    """The catalogue. A change of a course's rule holds for dates that are planned afterwards."""

    list_display = ["name", "name_ur", "hours", "sittings_planned", "pass_percent", "is_open", "is_verified"]
    list_filter = ["is_open", "is_verified"]
    search_fields = ["name", "name_ur", "code"]


class SittingInline(admin.TabularInline):
    model = Sitting
    fields = ["number", "starts_at", "ends_at", "topic", "held_at"]
    readonly_fields = ["held_at"]
    extra = 0
    can_delete = False


class CourseRunForm(forms.ModelForm):
    class Meta:
        help_texts = dict.fromkeys(
            ["place", "place_ur"], _("Of a course on the phone: how people join, in a sentence they can follow.")
        )

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        if capacity < self.instance.seats_taken:
            raise ValidationError(_("More people than that have a seat already."))
        return capacity


@admin.register(CourseRun)
class CourseRunAdmin(admin.ModelAdmin):
    """Dates of courses. Seats taken, state and the frozen rule are shown; they change by what people do."""

    form = CourseRunForm
    list_display = ["course", "starts_on", "district", "trainer", "capacity", "seats_taken", "state"]
    list_filter = ["state", "is_online", "women_only", "language"]
    search_fields = ["course__name", "course__name_ur", "place", "place_ur"]
    date_hierarchy = "starts_on"
    autocomplete_fields = ["course", "office", "district", "trainer"]
    readonly_fields = ["state", "seats_taken", "hours", "sittings_planned", "pass_percent"]
    list_select_related = ["course", "district", "trainer"]
    inlines = [SittingInline]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "course"] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        """By the actions, which hold the row: nobody's seat is lost while somebody edits."""
        if not change:
            runs.add(run=obj, by=request.user)
            return
        changes = {name: getattr(obj, name) for name in form.changed_data}
        try:
            runs.revise(run=obj, changes=changes, by=request.user)
        except ValidationError as refusal:
            # Somebody took a seat between the form's check and now.
            messages.error(request, _("The date was not changed: {why}").format(why=" ".join(refusal.messages)))

    def save_formset(self, request, form, formset, change):
        """Only what was typed is written, so that attendance marked meanwhile stays."""
        formset.save(commit=False)
        for sitting in formset.new_objects:
            sitting.save()
        for sitting, names in formset.changed_objects:
            sitting.save(update_fields=names)
