from django.urls import path, register_converter
from django.urls.converters import StringConverter

from schools.views import commissions, institutions, invitations, people, sections, teaching, year_settings

app_name = "schools"


class InstitutionCode(StringConverter):
    """A kurum kodu: 6-8 digits."""

    regex = "[0-9]{6,8}"


register_converter(InstitutionCode, "kurumkodu")

urlpatterns = [
    path("kurumlar/", institutions.institution_list, name="institutions"),
    path("kurumlar/<kurumkodu:code>/", institutions.institution_detail, name="institution"),
    path("kurumlar/<kurumkodu:code>/subeler/", sections.section_list, name="sections"),
    path("subeler/<int:pk>/ogretmen/", sections.section_guide, name="section_guide"),
    path("kurumlar/<kurumkodu:code>/dersler/", teaching.teaching_list, name="teaching"),
    path("subeler/<int:pk>/dersler/", teaching.section_teaching, name="section_teaching"),
    path("ders-gorevleri/<int:pk>/kaldir/", teaching.teaching_remove, name="teaching_remove"),
    path("kurumlar/<kurumkodu:code>/danismanlik/", teaching.coaching_list, name="coaching"),
    path("ogrenci-kayitlari/<int:pk>/danisman/", teaching.student_coach, name="student_coach"),
    path("danismanlik/<int:pk>/kaldir/", teaching.coaching_remove, name="coaching_remove"),
    path("personel/", people.staff_list, name="staff"),
    path("personel/<int:pk>/", people.person_detail, name="person"),
    path("personel/<int:pk>/hesap/", people.person_account, name="person_account"),
    path("ogrenciler/", people.student_list, name="students"),
    path("kurullar/", commissions.commission_list, name="commissions"),
    path("kurullar/kur/", commissions.commission_create, name="commission_create"),
    path("kurullar/<int:pk>/", commissions.commission_detail, name="commission"),
    path("kurullar/<int:pk>/uye-ekle/", commissions.seat_create, name="seat_create"),
    path("uyelikler/<int:pk>/bitir/", commissions.seat_end, name="seat_end"),
    path("uyelikler/<int:pk>/kaldir/", commissions.seat_withdraw, name="seat_withdraw"),
    path("uyelikler/<int:pk>/davet/", commissions.seat_invite, name="seat_invite"),
    path("ayarlar/", year_settings.setting_list, name="year_settings"),
    path("ayarlar/onayla/", year_settings.settings_approve, name="settings_approve"),
    path("ayarlar/gonderme-suresi/", year_settings.submission_deadline, name="submission_deadline"),
    path("ayarlar/<slug:key>/", year_settings.setting_edit, name="year_setting"),
    path("hesabim/", people.my_account, name="my_account"),
    path("davet/", invitations.invitation_accept, name="invitation"),
    path("davet/<slug:token>/", invitations.invitation_open, name="invitation_open"),
]
