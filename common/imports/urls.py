from django.urls import path

from common.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("yeni/", views.import_new, name="import_new"),
    path("sablon/<slug:kind>.xlsx", views.import_template, name="import_template"),
    path("<uuid:pk>/", views.import_detail, name="import_detail"),
    path("<uuid:pk>/onayla/", views.import_confirm, name="import_confirm"),
    path("<uuid:pk>/vazgec/", views.import_cancel, name="import_cancel"),
    path("<uuid:pk>/geri-al/", views.import_undo, name="import_undo"),
    path("<uuid:pk>/reddedilenler.xlsx", views.import_refused, name="import_refused"),
]
