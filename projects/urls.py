from django.urls import URLPattern, path
from django.http import HttpResponse

app_name = "projects"
urlpatterns: list[URLPattern] = [path("<int:pk>/", lambda r, pk: HttpResponse(), name="detail")]
