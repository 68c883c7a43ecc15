"""Just the addresses that the frame links to, so that the face can be tested without the apps behind it."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from kit.gallery import gallery


class OneForm(forms.Form):
    name = forms.CharField(label="Full name")

    @property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout("name", Submit("send", "Send"))
        return helper


def form_page(request):
    """A page with a form, whose errors take the focus."""
    return render(request, "face/form.html", {"form": OneForm(request.POST or None)})


def nothing(request):
    return HttpResponse()


portal = (
    [
        path("", nothing, name="home"),
        path("fees/", nothing, name="fees"),
        path("privacy/", form_page, name="privacy"),
        path("components/", gallery, name="components"),
    ],
    "portal",
)
urlpatterns = [
    path("i18n/", include("kit.language_urls")),
    path("", include(portal)),
    path(
        "",
        include(
            (
                [
                    path("sign-out/", nothing, name="sign-out"),
                    path("offices/", nothing, name="office-list"),
                ],
                "accounts",
            )
        ),
    ),
    path("", include(([path("verify/", nothing, name="verify-start")], "training"))),
    path("", include(([path("complain/", nothing, name="complain")], "casework"))),
]
