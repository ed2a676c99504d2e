from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    """The limit: no session, no user, no template, no query."""
    return HttpResponse("ok")


urlpatterns = [path("empty/", empty), path("", include("bigep.urls"))]
