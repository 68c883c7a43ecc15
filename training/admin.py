from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Max, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, User
from accounts.roles import Role
from training.actions import runs
from training.models import Course, CourseRun, Sitting


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    """The catalogue. A change of a course's rule holds for dates that are planned afterwards."""

    list_display = ["name", "name_ur", "hours", "sittings_planned", "pass_percent", "is_open", "is_verified"]
    list_filter = ["is_open", "is_verified"]
    search_fields = ["name", "name_ur", "code"]


class SittingFormSet(forms.BaseInlineFormSet):
    """A certificate needs every class of the course, so all are planned at once, in order, in about its hours."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        begun = self.initial_form_count()
        self.initial_extra = [{"number": place} for place in range(begun + 1, self.total_form_count() + 1)]

    def clean(self):
        super().clean()
        run = self.instance
        rows = [form for form in self.forms if form.instance.pk or form.has_changed()]
        if any(self.errors) or run.course_id is None:
            return
        rule = run if run.pk else run.course
        is_added = any(form.instance.pk is None for form in rows)
        if (is_added or run.pk is None) and len(rows) != rule.sittings_planned:
            raise runs.other_number(planned=rule.sittings_planned, here=len(rows))
        if any({"number", "starts_at", "ends_at"} & set(form.changed_data) for form in rows):
            runs.check_times([form.instance for form in rows], hours=rule.hours)


class SittingInline(admin.TabularInline):
    """With an empty row for each class that is still to plan, because without script none can be added to the page."""

    model = Sitting
    formset = SittingFormSet
    fields = ["number", "starts_at", "ends_at", "topic", "held_at"]
    readonly_fields = ["held_at"]
    can_delete = False

    def get_extra(self, request, obj=None, **kwargs):
        if obj is not None:
            return max(obj.sittings_planned - obj.sittings.count(), 0)
        return Course.objects.open().aggregate(most=Max("sittings_planned", default=1))["most"]


class TrainerField(forms.ModelChoiceField):
    """Several share a name, so address and office stand beside it."""

    def label_from_instance(self, user):
        offices = {str(appointment.office) for appointment in user.appointments.all()}
        return " · ".join([str(user), user.email, *sorted(offices)])


def trainers(*, run):
    """Who is appointed as trainer today, and whoever has the run already."""
    appointed = Appointment.objects.filter(role=Role.TRAINER).in_force(on=timezone.localdate())
    rows = Prefetch("appointments", appointed.select_related("office"))
    who = Q(pk__in=appointed.values("user"), is_active=True) | Q(
        pk__in=CourseRun.objects.filter(pk=run).values("trainer")
    )
    return User.objects.filter(who).prefetch_related(rows).order_by("full_name", "email")


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
    readonly_fields = ["state", "seats_taken", "hours", "sittings_planned", "pass_percent"]
    list_select_related = ["course", "district", "trainer"]
    inlines = [SittingInline]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "trainer":
            run = request.resolver_match.kwargs.get("object_id")
            kwargs |= {"form_class": TrainerField, "queryset": trainers(run=run)}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
