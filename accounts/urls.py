from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("staff/sign-in/", views.sign_in, name="sign-in"),
    path("staff/second-factor/", views.second_factor, name="second-factor"),
    path("staff/sign-out/", views.sign_out, name="sign-out"),
    path("staff/", views.start, name="start"),
]
