from django.urls import path

from projects.views import bulk, claims, drafting, files, lists, outbox, review, runs, school, team

app_name = "projects"
urlpatterns = [
    path("", lists.list_projects, name="list"),
    path("yeni/", school.create, name="create"),
    path("<int:pk>/", school.project_detail, name="detail"),
    path("<int:pk>/duzenle/", drafting.edit, name="edit"),
    path("<int:pk>/kaydet/", drafting.autosave, name="autosave"),
    path("<int:pk>/eksikler/", drafting.problems, name="problems"),
    path("<int:pk>/gonder/", drafting.submit, name="submit"),
    path("<int:pk>/basari-talebi/", claims.add_claim, name="add_claim"),
    path("<int:pk>/iyi-ornek/", review.good_example, name="good_example"),
    path("<int:pk>/ekip/", team.team, name="team"),
    path("<int:pk>/ekip/ogretmen-ara/", team.find_teachers, name="find_teachers"),
    path("<int:pk>/ekip/ogrenci-ara/", team.find_students, name="find_students"),
    path("<int:pk>/ortaklar/", team.partners, name="partners"),
    path("<int:pk>/ortaklar/ara/", team.find_partners, name="find_partners"),
    path("<int:pk>/kanit/", files.upload, name="upload"),
    path("kanit/<int:pk>/", files.evidence, name="evidence"),
    path("kanit/<int:pk>/sil/", files.remove_evidence, name="remove_evidence"),
    path("talep/<int:pk>/duzelt/", claims.correct_claim, name="correct_claim"),
    path("talep/<int:pk>/kanit/", files.upload_to_claim, name="upload_to_claim"),
    path("talep/<int:pk>/geri-cek/", claims.withdraw, name="withdraw"),
    path("inceleme/", review.queue_list, name="queue"),
    path("inceleme/<int:pk>/", review.review, name="review"),
    path("inceleme/<int:pk>/al/", review.take, name="take"),
    path("inceleme/<int:pk>/birak/", review.release, name="release"),
    path("inceleme/<int:pk>/karar/", review.decide, name="decide"),
    path("inceleme/<int:pk>/geri-al/", outbox.take_back, name="take_back"),
    path("inceleme/duyurulacak/", outbox.outbox, name="outbox"),
    path("inceleme/duyurulacak/duyur/", outbox.announce, name="announce"),
    path("inceleme/toplu/", bulk.bulk, name="bulk"),
    path("inceleme/toplu/uygula/", bulk.bulk_run, name="bulk_run"),
    path("inceleme/sonuc/<uuid:pk>/", runs.outcome, name="outcome"),
]
