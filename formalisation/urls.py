from django.urls import path

from formalisation import views

app_name = "formalisation"
urlpatterns = [
    path("formalisation/<int:enterprise_id>/registrations/new/", views.registration_create, name="registration-create"),
]
