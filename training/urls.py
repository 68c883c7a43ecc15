from django.urls import path

from training.views import own, places, public, staff

app_name = "training"
urlpatterns = [
    # Everybody
    path("courses/", public.course_list, name="course-list"),
    path("courses/<int:pk>/", public.run_public, name="run-public"),
    path("verify/", public.verify_start, name="verify-start"),
    path("verify/<str:code>/", public.verify, name="verify"),
    # The entrepreneur
    path("courses/<int:pk>/join/", own.run_join, name="run-join"),
    path("my/courses/", own.my_courses, name="my-courses"),
    # Trainers and advisors
    path("training/", staff.run_list, name="run-list"),
    path("training/runs/<int:pk>/", staff.run_detail, name="run-detail"),
    path("training/runs/<int:pk>/sheet/", staff.run_sheet, name="run-sheet"),
    path("training/sittings/<int:pk>/", staff.sitting_detail, name="sitting-detail"),
    path("training/enrol/<int:enterprise_id>/", places.enrolment_create, name="enrolment-create"),
    path("training/enrolments/<int:pk>/", places.enrolment_detail, name="enrolment-detail"),
    path("training/enrolments/<int:pk>/cancel/", places.enrolment_cancel, name="enrolment-cancel"),
    path("training/certificates/<int:pk>/", places.certificate_pdf, name="certificate-pdf"),
    path("training/certificates/<int:pk>/revoke/", places.certificate_revoke, name="certificate-revoke"),
]
