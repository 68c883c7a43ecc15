"""Reference data of lending to change; applications, loans and the ledger to look at, without anybody's name."""

from django import forms
from django.contrib import admin

from loans.models import (
    Application,
    ApprovalLimit,
    FinancingPartner,
    FundingScheme,
    LedgerEntry,
    Loan,
    Offer,
    Product,
    PurseEntry,
    RefusalReason,
)
from loans.precheck import CODES


@admin.register(FinancingPartner)
class FinancingPartnerAdmin(admin.ModelAdmin):
    """With the days of reminders and visits, counted from the due day, until they are verified with the lender."""

    list_display = ["name", "name_ur", "office", "is_open", "is_lateness_verified", "is_check_verified"]
    search_fields = ["name", "name_ur", "code"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Terms for loans to come. A loan that was paid out keeps the terms that it was paid out with."""

    list_display = ["name", "name_ur", "partner", "min_amount", "max_amount", "max_months", "is_open", "is_verified"]
    list_filter = ["partner", "is_open", "is_verified"]
    search_fields = ["name", "name_ur", "code"]


class OfferInline(admin.TabularInline):
    """What is lent out of a fund. An offer is closed, not taken away: applications name it."""

    model = Offer
    extra = 0
    can_delete = False


@admin.register(FundingScheme)
class FundingSchemeAdmin(admin.ModelAdmin):
    """A fund with its own ceilings, ages and area. Its money is written down and agreed on its page in lending."""

    list_display = ["name", "name_ur", "partner", "is_qard", "max_amount", "opens_on", "closes_on", "is_verified"]
    list_filter = ["partner", "is_qard", "is_verified"]
    search_fields = ["name", "name_ur", "code"]
    filter_horizontal = ["districts"]
    inlines = [OfferInline]

    def get_readonly_fields(self, request, obj=None):
        """What loans came out of a fund stays what it was when they were given."""
        return ["code", "partner", "is_qard"] if obj else []


@admin.register(RefusalReason)
class RefusalReasonAdmin(admin.ModelAdmin):
    """A reason is closed, not taken away: what was refused for it, and what came back, names it by its code."""

    list_display = ["name", "name_ur", "rule", "months_until_again", "needs_text", "order", "is_open"]
    search_fields = ["name", "name_ur", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The rules are those of the check before applying."""
        if db_field.name != "rule":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.ChoiceField(label=db_field.verbose_name, choices=[("", "–"), *CODES], required=False)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(admin.ModelAdmin):
    """Whose yes carries which amount. A limit gets its last day, and is not taken away."""

    list_display = ["level", "up_to", "partner", "product", "from_on", "until_on", "is_verified"]
    list_filter = ["partner", "level"]
    list_select_related = ["partner", "product"]

    def has_delete_permission(self, request, obj=None):
        return False


class LookAdmin(admin.ModelAdmin):
    """For support: administrators look, and nothing changes here. Money moves by the actions alone."""

    show_full_result_count = False
    ordering = ["-id"]
    list_select_related = ["branch"]

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Application)
class ApplicationAdmin(LookAdmin):
    list_display = ["reference", "state", "branch", "amount_wanted", "amount_approved", "received_at", "due_on"]
    list_filter = ["state"]
    search_fields = ["reference"]
    fields = [
        *list_display,
        "product",
        "months",
        "visited_at",
        "guaranteed_at",
        "decided_at",
        "refusal",
        "disbursed_at",
    ]


@admin.register(Loan)
class LoanAdmin(LookAdmin):
    list_display = ["reference", "branch", "principal", "paid_total", "next_due_on", "ended_on", "ended_as"]
    list_filter = ["ended_as"]
    search_fields = ["reference"]
    fields = [
        *list_display, "product", "district", "sector", "sex", "disbursed_on", "instalment", "count", "step_months",
        "multiple", "rounding", "first_due_on", "paid_before", "waived_total", "written_off_total",
    ]  # fmt: skip


@admin.register(PurseEntry)
class PurseEntryAdmin(LookAdmin):
    list_display = ["id", "scheme", "kind", "amount", "on", "by", "at", "checked_by", "checked_at"]
    list_filter = ["kind"]
    list_select_related = ["scheme", "by", "checked_by"]
    fields = list_display


@admin.register(LedgerEntry)
class LedgerEntryAdmin(LookAdmin):
    list_display = ["id", "kind", "amount", "loan", "branch", "received_on", "posted_on", "by", "book", "number"]
    list_filter = ["kind"]
    search_fields = ["loan__reference"]
    list_select_related = ["branch", "loan", "by"]
    fields = [*list_display, "correction", "entered_at", "reverses", "undoes", "undoes_by"]
