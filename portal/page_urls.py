"""The pages that compose several apps."""

from django.conf import settings
from django.urls import path

from kit.gallery import gallery
from portal import paper_views, passport_views, registered_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("fees/", views.fees, name="fees"),
    path("privacy/", views.privacy, name="privacy"),
    path("track/", views.track, name="track"),
    path("components/", gallery, name="components"),
    path("my/", views.my, name="my"),
    path("my/messages/", views.my_messages, name="my-messages"),
    path("my/papers/", paper_views.my_papers, name="my-papers"),
    path("papers/of/<int:pk>/", paper_views.paper_list, name="paper-list"),
    path("my/passport/", passport_views.my_passport, name="my-passport"),
    path("desk/enterprises/<int:pk>/passport/", passport_views.case_passport, name="case-passport"),
    path("passports/<int:pk>.<slug:form>", passport_views.passport_file, name="passport-file"),
    path("passport/<slug:code>/", passport_views.passport, name="passport"),
    path("desk/registered/", registered_views.registered_list, name="registered-list"),
    path("desk/", views.desk, name="desk"),
    path("desk/team/", views.team, name="team"),
]
if settings.SAMPLE_DATA:
    from messaging.sample import sample_phone

    urlpatterns.append(path("sample/phone/", sample_phone, name="sample-phone"))
