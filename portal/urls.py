from django.urls import path

from portal import styleguide, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("yapilacaklar/", views.tasks, name="tasks"),
    path("tasarim/", styleguide.styleguide, name="styleguide"),
]
