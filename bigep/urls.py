"""Where the apps' addresses hang. Paths are Turkish, names English."""

from django.urls import include, path

from awards.urls import verification_urls

urlpatterns = [
    path("", include("portal.urls")),
    path("hesap/", include("accounts.urls")),
    path("hesap/", include("allauth.urls")),
    path("", include("common.urls")),
    path("", include("schools.urls")),
    path("projeler/", include("projects.urls")),
    path("sinavlar/", include("exams.urls")),
    path("eba/", include("eba.urls")),
    path("puanlama/", include("scoring.urls")),
    path("oduller/", include("awards.urls")),
    path("belge/", include(verification_urls)),
]
