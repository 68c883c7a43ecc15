from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.dashboard, name="dashboard"),
    path("reports/complaints/", views.complaints, name="complaints"),
    path("reports/barriers/", views.barriers, name="barriers"),
    path("reports/portfolio/", views.portfolio_page, name="portfolio"),
    path("reports/<slug:code>/rows/", views.rows, name="indicator-rows"),
    path("reports/months/<str:period>/<slug:kind>/", views.report_file, name="report-file"),
]
