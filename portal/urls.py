from django.urls import path

from portal import styleguide, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("tasarim/", styleguide.styleguide, name="styleguide"),
]
