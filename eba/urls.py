from django.urls import URLPattern

app_name = "eba"

urlpatterns: list[URLPattern] = []
