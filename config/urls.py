"""Where each address leads: the API below /api/v1/, pages for people everywhere else."""

from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", include("api.urls")),
    path("", include("portal.urls")),
]
