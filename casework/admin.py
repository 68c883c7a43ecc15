from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework.actions import questionnaires
from casework.models import (
    Authority,
    GrievanceCategory,
    Option,
    PlanTemplate,
    Question,
    Questionnaire,
    StepKind,
    TemplateStep,
    Topic,
    Trade,
    TradeLine,
)
from casework.pages.questionnaires import preview


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


class Drafts(admin.ModelAdmin):
    """What belongs to a questionnaire changes while that is a draft; published ones are to read."""

    def is_draft(self, obj):
        raise NotImplementedError

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.is_draft(obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and self.is_draft(obj)

    def get_deleted_objects(self, objs, request):
        """Its own rows go with it; nothing else hangs on a draft."""
        return [str(obj) for obj in objs], {self.opts.verbose_name: len(objs)}, set(), []


@admin.register(Questionnaire)
class QuestionnaireAdmin(Drafts):
    """The questions of business checks, version by version. A new one begins as a copy of what is asked now."""

    list_display = ["number", "published_at"]
    ordering = ["-number"]
    fields = ["number", "published_at", "asks"]
    readonly_fields = fields

    def is_draft(self, obj):
        return obj.published_at is None

    def has_change_permission(self, request, obj=None):
        """Nothing of it is typed: its questions are, and it is published from its preview."""
        return False

    @admin.display(description=gettext_lazy("Questions"))
    def asks(self, obj):
        rows = (
            (reverse("admin:casework_question_change", args=[question.pk]), question.label)
            for question in obj.questions.all()
        )
        return format_html("<ol>{}</ol>", format_html_join("", '<li><a href="{}">{}</a></li>', rows))

    def add_view(self, request, form_url="", extra_context=None):
        """Nothing to type: a press makes the draft, or leads to the one that is begun."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("Another version")}
            return TemplateResponse(request, "admin/casework/questionnaire/add.html", context)
        made = questionnaires.draft(by=request.user)
        self.log_addition(request, made, [{"added": {}}])
        return redirect("admin:casework_questionnaire_change", made.pk)

    def delete_model(self, request, obj):
        questionnaires.discard(questionnaire=obj, by=request.user)

    def get_urls(self):
        shown = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.preview_view))
        return [path("<int:pk>/preview/", shown, name="casework_questionnaire_preview"), *super().get_urls()]

    def preview_view(self, request, pk):
        """What differs from what is asked now, and the whole as it is asked; the button that publishes it."""
        questionnaire = self.get_object(request, str(pk))
        if questionnaire is None:
            raise Http404
        if not self.has_view_permission(request, questionnaire):
            raise PermissionDenied
        if request.method == "POST":
            try:
                digest = request.POST.get("digest", "")
                questionnaires.publish(questionnaire=questionnaire, by=request.user, digest=digest)
            except ValidationError as refusal:
                for said in refusal.messages:
                    messages.error(request, said)
            else:
                self.log_change(request, questionnaire, [{"changed": {"fields": [_("published")]}}])
                messages.success(request, _("It is published: checks that begin now ask this."))
            return redirect("admin:casework_questionnaire_preview", pk)
        context = self.admin_site.each_context(request) | preview(questionnaire)
        context |= {"opts": self.opts, "title": _("Preview"), "questionnaire": questionnaire}
        context |= {"may_publish": self.is_draft(questionnaire) and not context["lacking"]}
        return TemplateResponse(request, "admin/casework/questionnaire/preview.html", context)


POINTS = gettext_lazy("Points are 0, 1, 2 or 3.")
# What a question calls the two fields that name other things.
ASKED_AS = {"name": gettext_lazy("Question in English"), "name_ur": gettext_lazy("Question in Urdu")}


class OptionInline(admin.TabularInline):
    """With empty rows, because without script none can be added to the page."""

    model = Option
    extra = 2
    max_num = 4

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "points":
            kwargs |= {"max_value": Option.MOST_POINTS, "error_messages": {"max_value": POINTS}}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Question)
class QuestionAdmin(Drafts):
    """A question of a draft, with its answers. It is opened from its questionnaire."""

    fields = [
        "questionnaire", "code", "area", "order", "name", "name_ur", "hint", "hint_ur", "example", "example_ur",
        "suggests",
    ]  # fmt: skip
    list_display = ["name", "questionnaire", "area", "order"]
    list_filter = ["questionnaire", "area"]
    list_select_related = ["questionnaire"]
    search_fields = ["name", "name_ur", "code"]
    inlines = [OptionInline]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ASKED_AS:
            kwargs |= {"label": ASKED_AS[db_field.name], "widget": AdminTextareaWidget(attrs={"rows": 2})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def is_draft(self, obj):
        return obj.questionnaire.published_at is None

    def get_readonly_fields(self, request, obj=None):
        """By its code a question is known from version to version."""
        return ["questionnaire", "code"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "questionnaire":
            kwargs["queryset"] = Questionnaire.objects.drafts()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A change waits for whoever publishes meanwhile, and then is refused like any of a published one."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            list(Questionnaire.objects.drafts().select_for_update())
            return super().changeform_view(request, object_id, form_url, extra_context)

    def response_add(self, request, obj, post_url_continue=None):
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:casework_questionnaire_change", obj.questionnaire_id)

    def response_change(self, request, obj):
        super().response_change(request, obj)
        return redirect("admin:casework_questionnaire_change", obj.questionnaire_id)

    def response_delete(self, request, obj_display, obj_id):
        super().response_delete(request, obj_display, obj_id)
        return redirect("admin:casework_questionnaire_changelist")

    def delete_model(self, request, obj):
        questionnaires.take_out(questions=[obj], by=request.user)
