from django.urls import path

from accounts import absence_views, closure_views, views

app_name = "accounts"
urlpatterns = [
    path("staff/sign-in/", views.sign_in, name="sign-in"),
    path("staff/second-factor/", views.second_factor, name="second-factor"),
    path("staff/sign-out/", views.sign_out, name="sign-out"),
    path("staff/", views.start, name="start"),
    path("desk/closures/", closure_views.closure_list, name="closure-list"),
    path("desk/closures/new/", closure_views.closure_create, name="closure-create"),
    path("desk/closures/<int:pk>/lift/", closure_views.closure_lift, name="closure-lift"),
    path("desk/absences/", absence_views.absence_list, name="absence-list"),
    path("desk/absences/new/", absence_views.absence_create, name="absence-create"),
    path("desk/absences/<int:pk>/lift/", absence_views.absence_lift, name="absence-lift"),
    path("offices/", views.office_list, name="office-list"),
    path("offices/<slug:code>/", views.office_detail, name="office-detail"),
]
