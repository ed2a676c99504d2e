from django.urls import path, re_path

from awards.views import certificates, eba_chain, lists, rounds, verification

app_name = "awards"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("katalog/", rounds.catalogue, name="catalogue"),
    path("eba-zinciri/", eba_chain.eba_chain, name="eba_chain"),
    path("hesapla/", rounds.compute, name="compute"),
    path("turlar/<int:pk>/", rounds.round_detail, name="round"),
    path("turlar/<int:pk>/karar/", rounds.decide_many, name="decide_many"),
    path("turlar/<int:pk>/sun/", rounds.offer_many, name="offer_many"),
    path("makam/", lists.offered, name="offered"),
    path("listeler/<int:pk>/", lists.list_detail, name="list"),
    path("listeler/<int:pk>/cikar/<int:line>/", lists.strike, name="strike"),
    path("listeler/<int:pk>/geri-al/<int:line>/", lists.restore, name="restore"),
    path("listeler/<int:pk>/ekle/", lists.add, name="add"),
    path("listeler/<int:pk>/teyit/", lists.confirm, name="confirm"),
    path("listeler/<int:pk>/uygun-gor/", lists.grant, name="grant"),
    path("listeler/<int:pk>/uygun-gorme/", lists.decline, name="decline"),
    re_path(r"^listeler/(?P<pk>[0-9]{1,18})/liste\.(?P<kind>xlsx|csv)$", lists.export, name="export"),
    path("listeler/<int:pk>/rapor/", lists.make_report, name="make_report"),
    path("listeler/<int:pk>/rapor/indir/", lists.download_report, name="report"),
    path("listeler/<int:pk>/belgeler/", certificates.certificates, name="certificates"),
    path("listeler/<int:pk>/belgeler/duzenle/", certificates.issue, name="issue"),
    path("listeler/<int:pk>/belgeler/ebys/", certificates.grant_number, name="grant_number"),
    path("listeler/<int:pk>/belgeler/basim/", certificates.download_print, name="print_file"),
    path("listeler/<int:pk>/belgeler/basim/yenile/", certificates.make_print, name="make_print"),
    path("listeler/<int:pk>/belgeler/teslim/", certificates.handed_over, name="handed_over"),
    path("listeler/<int:pk>/belgeler/mebbis/", certificates.recorded, name="recorded"),
    path("belgelerim/", certificates.own_certificates, name="own"),
    path("belgeler/<int:pk>/", certificates.certificate_detail, name="certificate"),
    path("belgeler/<int:pk>/indir/", certificates.download, name="download"),
    path("belgeler/<int:pk>/imzali/", certificates.download_signed, name="signed"),
    path("belgeler/<int:pk>/imzali/yukle/", certificates.upload_signed, name="upload_signed"),
    path("belgeler/<int:pk>/iptal/", certificates.revoke, name="revoke"),
    path("belgeler/<int:pk>/yerine/", certificates.replace, name="replace"),
]

verification_urls = (
    [
        path("", verification.ask, name="ask"),
        path("<str:code>/", verification.certificate, name="certificate"),
    ],
    "verification",
)
"""Public, at a short address of its own: it is printed on every certificate."""
