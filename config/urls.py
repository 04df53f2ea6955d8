"""Where each address leads: the API below /api/v1/, pages for people everywhere else."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("", include("portal.urls")),
]
