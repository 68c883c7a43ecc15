from django.contrib import admin
from django.urls import include, path

from kit import errors
from portal import health

handler400 = errors.handler400
handler403 = errors.handler403
handler404 = errors.handler404
handler500 = errors.handler500

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("statusz", health.statusz, name="statusz"),
    path("i18n/", include("kit.language_urls")),
    path("admin/", admin.site.urls),
    path("", include("portal.page_urls")),
    path("", include("accounts.urls")),
    path("", include("enterprises.urls")),
    path("", include("casework.urls")),
    path("", include("training.urls")),
    path("", include("loans.urls")),
    path("", include("formalisation.urls")),
    path("", include("reports.urls")),
]
