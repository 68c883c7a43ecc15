from django.urls import path

from casework.views import (
    business_plans,
    cases,
    complaints,
    contacts,
    enquiries,
    grievances,
    plans,
    referrals,
    wishes,
)

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
    path("desk/cases/<int:pk>/wishes/", wishes.case_wishes, name="case-wishes"),
    path("my/cases/<int:pk>/advisor/", wishes.my_advisor, name="my-advisor"),
    path("desk/cases/<int:pk>/consent/", referrals.consent_create, name="consent-create"),
    path("desk/steps/<int:pk>/", plans.step_detail, name="step-detail"),
    path("desk/enquiries/", enquiries.enquiry_list, name="enquiry-list"),
    # complaints
    path("complain/", complaints.complain, name="complain"),
    path("complain/done/", complaints.complain_done, name="complain-done"),
    path("complain/status/", complaints.complain_status, name="complain-status"),
    path("complain/answer/", complaints.complain_answer, name="complain-answer"),
    path("my/complaints/", complaints.my_complaints, name="my-complaints"),
    path("my/complaints/<int:pk>/", complaints.my_complaint, name="my-complaint"),
    path("desk/grievances/", grievances.grievance_list, name="grievance-list"),
    path("desk/grievances/figures/", grievances.grievance_figures, name="grievance-figures"),
    path("desk/grievances/new/", grievances.grievance_create, name="grievance-create"),
    path("desk/grievances/<int:pk>/", grievances.grievance_detail, name="grievance-detail"),
    path("desk/grievances/<int:pk>/answer/", grievances.grievance_answer, name="grievance-answer"),
    path("desk/grievances/<int:pk>/notes/new/", grievances.grievance_note, name="grievance-note"),
    path("desk/grievances/<int:pk>/about/", grievances.grievance_direct, name="grievance-direct"),
    # Entrepreneur and lender read an approved plan too, so it does not stand below the desk.
    path("business-plans/<int:pk>/", business_plans.business_plan_detail, name="business-plan-detail"),
    path("business-plans/<int:pk>/edit/", business_plans.business_plan_edit, name="business-plan-edit"),
    path("business-plans/<int:pk>/submit/", business_plans.business_plan_submit, name="business-plan-submit"),
    path("business-plans/<int:pk>/approve/", business_plans.business_plan_approve, name="business-plan-approve"),
    path("business-plans/<int:pk>/return/", business_plans.business_plan_return, name="business-plan-return"),
    path("business-plans/<int:pk>/print/", business_plans.business_plan_print, name="business-plan-print"),
]
