from django.urls import path

from eba.views import criteria, use

app_name = "eba"

urlpatterns = [
    path("", use.home, name="home"),
    path("il/", use.province, name="province"),
    path("ilceler/<int:pk>/", use.district, name="district"),
    path("okullar/<kurumkodu:code>/", use.school, name="school"),
    path("okullar/<kurumkodu:code>/ogrenciler/", use.school_students, name="students"),
    path("puanim/", use.own, name="own"),
    path("puanlar/<int:pk>/", use.staff, name="staff"),
    path("olcutler/", criteria.criteria_tables, name="criteria"),
    path("olcutler/yeni/", criteria.new_version, name="new_version"),
    path("olcutler/<int:pk>/", criteria.criteria_table, name="table"),
    path("olcutler/<int:pk>/duzenle/", criteria.edit_table, name="edit_table"),
    path("olcutler/<int:pk>/onayla/", criteria.approve_table, name="approve_table"),
    path("olcutler/<int:pk>/sil/", criteria.discard_table, name="discard_table"),
]
