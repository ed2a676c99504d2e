from django.urls import path

from exams.views import analyses, definition, pages, reports, students

app_name = "exams"

urlpatterns = [
    path("", pages.exam_list, name="list"),
    path("tanimla/", definition.define, name="define"),
    path("ogrencilerim/", students.my_students, name="my_students"),
    path("ogrenciler/<int:pk>/", students.student, name="student"),
    path("raporlar/<int:pk>/", reports.report_file, name="report_file"),
    path("<int:pk>/", pages.exam, name="detail"),
    path("<int:pk>/duzenle/", definition.edit, name="edit"),
    path("<int:pk>/yayimla/", pages.publish, name="publish"),
    path("<int:pk>/rapor/", reports.make, name="make_report"),
    path("<int:pk>/ilceler/<int:district>/", pages.district, name="district"),
    path("<int:pk>/okullar/<kurumkodu:code>/", pages.school, name="school"),
    path("<int:pk>/okullar/<kurumkodu:code>/ogrenciler/", students.school_students, name="school_students"),
    path("<int:pk>/analizler/", analyses.analysis_list, name="analyses"),
    path("<int:pk>/analizler/<kurumkodu:code>/", analyses.analysis, name="analysis"),
]
