from django import forms
from django.contrib import admin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Appointment, Language, LocalClosure, Office, OfficeDistrict, User
from kit.fields import PhoneField


class ChoicesOnce:
    """What an inline offers and names is read once for the page, and not once for each of its rows."""

    named: tuple[str, ...] = ()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.named)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)
        return field


class CoverInline(ChoicesOnce, admin.TabularInline):
    """With empty rows, because without script none can be added to the page."""

    model = OfficeDistrict
    named = ("office", "district")
    extra = 3


class AppointmentInline(ChoicesOnce, admin.StackedInline):
    """With an empty one, because without script none can be added to the page. A table of them is too wide."""

    model = Appointment
    named = ("user", "office")
    extra = 1
    fields = [("role", "office"), ("from_on", "until_on"), ("is_acting", "weekly_cap")]


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    list_display = ["name", "name_ur", "organisation", "parent", "phone", "opened_on", "closed_on", "is_verified"]
    list_filter = ["organisation", "is_verified", ("closed_on", admin.EmptyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "name_ur", "code"]
    inlines = [CoverInline]


@admin.register(LocalClosure)
class LocalClosureAdmin(admin.ModelAdmin):
    """Closures of any place; managers enter those of their own at /desk/closures/."""

    list_display = ["reason", "from_on", "until_on", "text", "entered_by", "lifted_at"]
    list_filter = ["reason", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["entered_by"]
    date_hierarchy = "from_on"
    readonly_fields = ["entered_by", "entered_at", "lifted_by", "lifted_at"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.entered_by = request.user
        super().save_model(request, obj, form, change)


class UserForm(forms.ModelForm):
    """Colleagues only: entrepreneurs' users come from registration."""

    phone = PhoneField(label=_("Mobile number"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Speaks"), choices=Language.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = User
        fields = [
            "email", "full_name", "full_name_ur", "phone", "sex", "languages", "is_active", "is_named_to_clients",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_email(self):
        return self.cleaned_data["email"].lower()


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts of colleagues. What they may do comes from their appointments, never from a tick here."""

    form = UserForm
    list_display = ["full_name", "email", "is_active", "last_login"]
    ordering = ["full_name", "email"]
    list_filter = ["is_active", "appointments__role"]
    search_fields = ["full_name", "full_name_ur", "email"]
    inlines = [AppointmentInline]
    readonly_fields = ["last_login"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=User.Kind.STAFF)

    def get_urls(self):
        own = path("<int:pk>/password/", self.admin_site.admin_view(self.set_password), name="accounts_user_password")
        return [own, *super().get_urls()]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the password: without one nobody signs in."""
        answer = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return answer
        return HttpResponseRedirect(reverse("admin:accounts_user_password", args=[obj.pk]))

    def set_password(self, request, pk):
        """Give a colleague a first password, to be told in person; the second factor is set up by themselves."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        form = AdminPasswordChangeForm(user, request.POST or None)
        if form.is_valid():
            form.save()
            self.log_change(request, user, [{"changed": {"fields": ["password"]}}])
            self.message_user(request, _("The password was set."))
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
        context = self.admin_site.each_context(request) | {
            "form": form,
            "title": _("Set a password"),
            "colleague": user,
        }
        return TemplateResponse(request, "admin/set_password.html", context)


@admin.register(TOTPDevice)
class DeviceAdmin(admin.ModelAdmin):
    """Authenticator apps, so that a lost one can be removed. Nobody is shown the secret: with it they could sign in."""

    list_display = ["whose", "is_confirmed", "made_at", "used_at"]
    list_filter = ["confirmed"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__full_name_ur", "user__email"]
    fields = list_display

    @admin.display(description=_("user"), ordering="user")
    def whose(self, device):
        return device.user

    @admin.display(description=_("confirmed"), ordering="confirmed", boolean=True)
    def is_confirmed(self, device):
        return device.confirmed

    @admin.display(description=_("set up"), ordering="created_at")
    def made_at(self, device):
        return device.created_at

    @admin.display(description=_("last used"), ordering="last_used_at")
    def used_at(self, device):
        return device.last_used_at
