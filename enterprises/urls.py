from django.urls import path

from enterprises.views import assisted, claims, consents, details, drafts, registration, resuming, sign_in

app_name = "enterprises"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("register/check/", registration.check, name="register-check"),
    path("register/code/", registration.code, name="register-code"),
    path("register/code/again/", registration.code_again, name="register-code-again"),
    path("register/later/", registration.later, name="register-later"),
    path("register/done/", registration.done, name="register-done"),
    path("register/resume/", resuming.resume, name="register-resume"),
    path("register/resume/code/", resuming.resume_code, name="register-resume-code"),
    path("register/resume/choose/", resuming.resume_choose, name="register-resume-choose"),
    path("register/<slug:key>/", registration.step, name="register-step"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign-in-code"),
    path("my/details/", details.my_details, name="my-details"),
    path("my/details/<int:pk>/<slug:part>/", details.my_details_change, name="my-details-change"),
    path("desk/enterprises/<int:pk>/", details.enterprise_detail, name="enterprise-detail"),
    path("desk/enterprises/<int:pk>/consents/", consents.enterprise_consents, name="enterprise-consents"),
    path("desk/enterprises/<int:pk>/<slug:part>/", details.enterprise_change, name="enterprise-change"),
    path("my/consents/", consents.my_consents, name="my-consents"),
    path("desk/register/", assisted.register, name="assisted-register"),
    path("desk/drafts/", drafts.draft_list, name="draft-list"),
    path("desk/drafts/<int:pk>/", drafts.draft_call, name="draft-call"),
    path("desk/claims/", claims.claim_list, name="claim-list"),
    path("desk/claims/<int:pk>/", claims.claim_settle, name="claim-settle"),
]
