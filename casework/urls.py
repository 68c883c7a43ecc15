from django.urls import path

from casework.views import business_plans, cases, contacts, enquiries, plans, referrals

app_name = "casework"
urlpatterns = [
    path("desk/cases/", cases.case_list, name="case-list"),
    path("desk/cases/<int:pk>/", cases.case_detail, name="case-detail"),
    path("desk/cases/<int:pk>/close/", cases.case_close, name="case-close"),
    path("desk/cases/<int:pk>/contacts/new/", contacts.contact_create, name="contact-create"),
    path("desk/cases/<int:pk>/notes/new/", contacts.note_create, name="note-create"),
    path("desk/cases/<int:pk>/plan/", plans.plan_create, name="plan-create"),
    path("desk/cases/<int:pk>/business-plans/new/", business_plans.business_plan_create, name="business-plan-create"),
    path("desk/cases/<int:pk>/referrals/new/", referrals.referral_create, name="referral-create"),
    path("desk/cases/<int:pk>/consent/", referrals.consent_create, name="consent-create"),
    path("desk/steps/<int:pk>/", plans.step_detail, name="step-detail"),
    path("desk/enquiries/", enquiries.enquiry_list, name="enquiry-list"),
    # Entrepreneur and lender read an approved plan too, so it does not stand below the desk.
    path("business-plans/<int:pk>/", business_plans.business_plan_detail, name="business-plan-detail"),
    path("business-plans/<int:pk>/edit/", business_plans.business_plan_edit, name="business-plan-edit"),
    path("business-plans/<int:pk>/submit/", business_plans.business_plan_submit, name="business-plan-submit"),
    path("business-plans/<int:pk>/approve/", business_plans.business_plan_approve, name="business-plan-approve"),
    path("business-plans/<int:pk>/return/", business_plans.business_plan_return, name="business-plan-return"),
    path("business-plans/<int:pk>/print/", business_plans.business_plan_print, name="business-plan-print"),
]
