from django.urls import path, re_path

from scoring.views import computing, objections, points, rankings

app_name = "scoring"
urlpatterns = [
    path("siralamalar/", rankings.rankings, name="rankings"),
    path("siralamalar/hesapla/", computing.compute, name="compute"),
    path("siralamalar/<int:pk>/", rankings.run, name="run"),
    path("siralamalar/<int:pk>/guncel-mi/", computing.run_freshness, name="run_freshness"),
    path("siralamalar/<int:pk>/yayimla/", computing.publish, name="publish"),
    path("siralamalar/<int:pk>/simdi/", computing.what_if, name="what_if"),
    path("siralamalar/<int:pk>/karsilastir/", rankings.compare, name="compare"),
    re_path(r"^siralamalar/(?P<pk>\d{1,18})/indir\.(?P<file_format>xlsx|csv)$", rankings.export, name="export"),
    path("satirlar/<int:pk>/", rankings.row, name="row"),
    path("satirlar/<int:pk>/itiraz/", objections.object_to, name="object"),
    path("itirazlar/", objections.objections, name="objections"),
    path("itirazlar/<int:pk>/", objections.objection, name="objection"),
    path("tablolar/", points.points_tables, name="points_tables"),
    path("tablolar/yeni/", points.new_version, name="new_version"),
    path("tablolar/<int:pk>/", points.points_table, name="points_table"),
    path("tablolar/<int:pk>/duzenle/", points.edit_table, name="edit_table"),
    path("tablolar/<int:pk>/onayla/", points.approve_table, name="approve_table"),
    path("tablolar/<int:pk>/sil/", points.discard_table, name="discard_table"),
    path("onizleme/", points.points_preview, name="points_preview"),
    path("puanlarim/", points.my_points, name="my_points"),
    path("puanlar/<int:pk>/", points.points_of, name="points_of"),
]
