from django.urls import include, path

from common import views

app_name = "common"
urlpatterns = [
    path("isler/", views.jobs_list, name="jobs"),
    path("isler/<uuid:pk>/", views.job, name="job"),
    path("isler/<uuid:pk>/durum/", views.job_progress, name="job_progress"),
    path("isler/<uuid:pk>/yeniden/", views.job_rerun, name="job_rerun"),
    path("bildirimler/", views.notifications, name="notifications"),
    path("bildirimler/okundu/", views.notifications_read, name="notifications_read"),
    path("bildirimler/<int:pk>/ac/", views.notification_open, name="notification_open"),
    path("bildirimler/ayarlar/", views.mail_settings, name="mail_settings"),
    path("bildirimler/gonderimler/", views.mail_log, name="mail_log"),
    path("bildirimler/gonderimler/<int:pk>/yeniden/", views.mail_resend, name="mail_resend"),
    path("veri-aktarma/", include("common.imports.urls")),
    path("saglik/", views.health, name="health"),
]
