"""The pages that compose several apps."""

from django.conf import settings
from django.urls import path

from kit.gallery import gallery
from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("fees/", views.fees, name="fees"),
    path("privacy/", views.privacy, name="privacy"),
    path("track/", views.track, name="track"),
    path("components/", gallery, name="components"),
    path("my/", views.my, name="my"),
    path("my/messages/", views.my_messages, name="my-messages"),
    path("desk/", views.desk, name="desk"),
]
if settings.SAMPLE_DATA:
    from messaging.sample import sample_phone

    urlpatterns.append(path("sample/phone/", sample_phone, name="sample-phone"))
