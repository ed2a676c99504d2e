"""The decisions of a year where the source documents are silent or disagree: keys, meanings, defaults, sources.

``get`` and ``all_of`` read them; ``schools.services.set_year_setting`` is the only writer. Values are kept as text and
given back typed: a choice as ``str``, a number as ``int``, a list of numbers as ``tuple[int, ...]``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.text import clean
from schools.models import AcademicYear, YearSetting

TEXT_LENGTH = 200
"""The longest value that is stored."""

Words = str | Promise
Value = str | int | tuple[int, ...]


class SettingError(UserError):
    """The key or the value is not allowed; the message says what is."""


@dataclass(frozen=True)
class SettingDefinition:
    """One decision: either one of ``choices``, or a value that ``parse`` of a subclass understands."""

    key: str
    label: Words
    default: str
    source: Words
    choices: tuple[tuple[str, Words], ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)

    def parse(self, text: str) -> Value:
        """The typed value of ``text``; raises ``SettingError`` with one sentence."""
        return self._choice(text)

    def stored(self, text: str) -> str:
        """``text`` in the one spelling that is kept."""
        return str(self.parse(text))

    def shown(self, stored: str) -> str:
        """The stored value in words for people."""
        return str(dict(self.choices).get(stored, stored))

    def _choice(self, text: str) -> str:
        value = text.strip()
        value = self.synonyms.get(value, value)
        if value in dict(self.choices):
            return value
        raise SettingError(
            _now("“%(label)s” için şu değerlerden birini yazınız: %(values)s.")
            % {"label": self.label, "values": ", ".join(code for code, _label in self.choices)}
        )


@dataclass(frozen=True)
class NumberSetting(SettingDefinition):
    minimum: int = 0
    maximum: int = 1000

    def parse(self, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,6}", text.strip()) and self.minimum <= int(text) <= self.maximum:
            return int(text)
        raise SettingError(
            _now("“%(label)s” için %(low)s ile %(high)s arasında bir tam sayı yazınız.")
            % {"label": self.label, "low": self.minimum, "high": self.maximum}
        )


@dataclass(frozen=True)
class NumbersSetting(SettingDefinition):
    """Rising whole numbers, written with commas."""

    def parse(self, text: str) -> tuple[int, ...]:
        parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
        if parts and all(re.fullmatch(r"[1-9][0-9]{0,6}", part) for part in parts):
            numbers = tuple(int(part) for part in parts)
            if list(numbers) == sorted(set(numbers)) and len(numbers) <= 10:
                return numbers
        raise SettingError(
            _now("“%(label)s” için küçükten büyüğe, virgülle ayrılmış tam sayılar yazınız (örneğin %(default)s).")
            % {"label": self.label, "default": self.default}
        )

    def stored(self, text: str) -> str:
        return ",".join(str(number) for number in self.parse(text))

    def shown(self, stored: str) -> str:
        return stored.replace(",", ", ")


@dataclass(frozen=True)
class CodeSetting(SettingDefinition):
    """The code of an exam family, in capitals."""

    def parse(self, text: str) -> str:
        value = text.strip()
        if re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,19}", value):
            return value
        raise SettingError(
            _now("“%(label)s” için sınav ailesinin kodunu büyük harflerle yazınız (örneğin %(default)s).")
            % {"label": self.label, "default": self.default}
        )


@dataclass(frozen=True)
class TextSetting(SettingDefinition):
    """A sentence for people, as long as the stored value may be."""

    def parse(self, text: str) -> str:
        value = clean(text)
        if 10 <= len(value) <= TEXT_LENGTH:
            return value
        raise SettingError(
            _now("“%(label)s” için en az 10, en çok %(limit)s karakterlik bir açıklama yazınız.")
            % {"label": self.label, "limit": TEXT_LENGTH}
        )


_LEVEL_SOURCE = _(
    "Sunum, Proje Puanlama Tablosu: Düzey 1, 2 ve 3 başarı aşamasında 25, 50 ve 100 puandır; bir projenin hangi "
    "düzeyde olduğunun neye göre belirleneceği yazılı değildir."
)

_DEFINITIONS: tuple[SettingDefinition, ...] = (
    SettingDefinition(
        "project_points",
        _("Bir projenin puanı"),
        "highest",
        _(
            "Sunum, Proje Puanlama Tablosu: her kalemde hazırlayan ve başarı puanı yan yana verilir; başarı puanının "
            "hazırlayan puanının yerine geçip geçmediği söylenmez."
        ),
        (
            ("highest", _("Onaylı başvuruların en yükseği geçerlidir")),
            ("sum", _("Hazırlayan puanı ile en yüksek başarı puanı toplanır")),
        ),
        {"sum of preparing and highest success": "sum"},
    ),
    SettingDefinition(
        "team_share",
        _("Ekipte birden çok öğretmen"),
        "full",
        _("Belgeler, ekipteki öğretmenlere puanın bölünerek mi tam mı yazılacağını söylemez."),
        (
            ("full", _("Her öğretmene projenin tam puanı yazılır")),
            ("split", _("Puan ekipteki öğretmenlere eşit bölünür")),
        ),
    ),
    SettingDefinition(
        "project_sum",
        _("Bir öğretmenin birden çok projesi"),
        "all",
        _(
            "Sunum: “en yüksek puana sahip her ilçenin ilk üç öğretmenine … Başarı Belgesi verilir”; bir öğretmenin "
            "birden çok projesinin nasıl sayılacağı yazılı değildir."
        ),
        (
            ("all", _("Bütün onaylı projeler toplanır")),
            ("best_per_programme", _("Her programdan yalnız en yüksek puanlı proje sayılır")),
            ("capped_per_programme", _("Her programın toplamı, programın katsayısı ile sınırlanır")),
        ),
    ),
    SettingDefinition(
        "ties",
        _("Sınırdaki eşitlik"),
        "all",
        _("Belgeler “ilk üç” der, eşit puanlıları ayıran bir ölçüt vermez."),
        (("all", _("Eşit puanlıların hepsi listeye girer ve kurul için işaretlenir")),),
    ),
    SettingDefinition(
        "backfill",
        _("Başka ödülü olan kişinin yeri"),
        "on",
        _("Sunum: “mükerrer ödüllendirme yapılmayacaktır”; böylece boşalan yerin ne olacağı yazılı değildir."),
        (
            ("on", _("Kalanlar kendi aralarında yeniden sıralanır, yer dolar")),
            ("off", _("Yer boş kalır")),
        ),
    ),
    SettingDefinition(
        "one_award",
        _("Yılda bir ödül kuralının kapsamı"),
        "person_and_group",
        _(
            "Sunum: “Yönetici, öğretmen ve öğrenci gruplarında mükerrer ödüllendirme yapılmayacaktır”; kuralın "
            "alanları ve ödül türlerini birlikte mi saydığı yazılı değildir."
        ),
        (
            (
                "person_and_group",
                _("Kişi ve grup (öğretmen, yönetici, öğrenci) başına bir ödül; bütün alanlar birlikte sayılır"),
            ),
        ),
    ),
    SettingDefinition(
        "award_authority",
        _("Başarı Belgesini veren makam"),
        "by_level",
        _(
            "Sunum: belge “Valilik ya da Kaymakamlık tarafından” verilir; hangisinin hangi listeye vereceği "
            "yazılı değildir."
        ),
        (
            ("by_level", _("İlçe listeleri Kaymakamlık, il listeleri Valilik")),
            ("province", _("Bütün listeler Valilik")),
        ),
    ),
    NumberSetting(
        "objection_days",
        _("İtiraz süresi (iş günü)"),
        "5",
        _("Belgeler sıralamaya itirazı düzenlemez; liste, süre dolmadan karara bağlanmaz."),
        minimum=0,
        maximum=30,
    ),
    NumbersSetting(
        "student_tiers",
        _("Merkezi sınavda öğrenci dilimleri"),
        "500,1000,3000",
        _(
            "Sunum kendi içinde ayrılır: ödüller bölümünde ilk 500, 1.000 ve 3.000; kurulun görevlerinde ilk 100, "
            "300 ve 5.000."
        ),
    ),
    SettingDefinition(
        "tier_scope",
        _("Dilimlerin ölçüldüğü sıra"),
        "national",
        _(
            "Sunum: “Merkezi Sınavlarda il genelinde ilk 500, 1000, 3000’e giren öğrenciler”; Türkiye sırası mı il "
            "sırası mı olduğu açık değildir."
        ),
        (("national", _("Türkiye geneli (Genel Sıra)")), ("province", _("İl sırası"))),
    ),
    NumberSetting(
        "min_students",
        _("Öğretmen ortalaması için en küçük grup"),
        "10",
        _("Belgeler alt sınır vermez; birkaç öğrencilik gruplarda ortalama yanıltır. Her iki yıl için de aranır."),
        minimum=1,
        maximum=200,
    ),
    CodeSetting(
        "central_exam_middle",
        _("Ortaokul için merkezi sınav"),
        "LGS",
        _("Sunum “merkezi sınav” der; ortaokulda 8. sınıfların girdiği sınav LGS'dir."),
    ),
    CodeSetting(
        "central_exam_high",
        _("Lise için merkezi sınav"),
        "TYT",
        _("Sunum “merkezi sınav” der; YKS'nin herkesin girdiği oturumu TYT'dir."),
    ),
    SettingDefinition(
        "progress",
        _("“En fazla ilerleme” nasıl ölçülür"),
        "difference",
        _("Sunum “en fazla ilerleme kaydeden” der; yıllar arasındaki güçlük farkından söz etmez."),
        (
            ("difference", _("Ortalamaların farkı")),
            ("standardised", _("İl ortalamasına uzaklığın (standart sapma cinsinden) farkı")),
        ),
    ),
    SettingDefinition(
        "time_unit",
        _("Sistemde kalma süresinin birimi"),
        "hours",
        _("Sunum, EBA Puanlama Tablosu: “Sistemde Kalma Süresi x1”; sürenin birimi yazılı değildir."),
        (("hours", _("Saat")), ("minutes", _("Dakika"))),
    ),
    SettingDefinition(
        "eba_level",
        _("EBA il sıralamasının (T-EB-3) kademeleri"),
        "category",
        _("Sunum “il genelinde tüm eğitim kademelerinde” der; kademelerin hangileri olduğu yazılı değildir."),
        (("category", _("Yedi kurum kategorisi")),),
    ),
    SettingDefinition(
        "school_eba",
        _("Bir okulun EBA puanı"),
        "mean_with_record",
        _("Sunum okul EBA puanının nasıl bulunacağını söylemez."),
        (
            ("mean_with_record", _("O dönem kaydı olan personelin ortalaması")),
            ("mean_all_staff", _("Bütün personelin ortalaması")),
        ),
    ),
    NumberSetting(
        "review_days",
        _("Proje talebinin karara bağlanması için beklenen süre (gün)"),
        "10",
        _(
            "Belgeler inceleme için süre vermez; bu sayı yalnız ana sayfadaki payı ve uyarıları belirler, süresi geçen "
            "talep geçersiz olmaz."
        ),
        minimum=1,
        maximum=90,
    ),
    TextSetting(
        "local_level_1",
        _("Yerel proje, Düzey 1 ölçütü"),
        ("Okulun kendi öğrencileriyle ve kendi olanaklarıyla yürüttüğü, etkinlikleri ve katılımı belgelenmiş çalışma."),
        _LEVEL_SOURCE,
    ),
    TextSetting(
        "local_level_2",
        _("Yerel proje, Düzey 2 ölçütü"),
        (
            "En az bir başka okul ya da kurumla (belediye, üniversite, dernek) birlikte yürütülen ve sonuçları ilçede "
            "paylaşılan çalışma."
        ),
        _LEVEL_SOURCE,
    ),
    TextSetting(
        "local_level_3",
        _("Yerel proje, Düzey 3 ölçütü"),
        (
            "Birden çok ilçeye ya da ilin tümüne yayılan, ortaklığı yazıya bağlanmış, etkisi ölçülüp raporlanmış ve "
            "başka okulların uygulayabileceği çalışma."
        ),
        _LEVEL_SOURCE,
    ),
)

DEFINITIONS: dict[str, SettingDefinition] = {definition.key: definition for definition in _DEFINITIONS}


def definition_of(key: str) -> SettingDefinition:
    """The definition of a key; raises ``SettingError`` naming the known ones."""
    if key not in DEFINITIONS:
        raise SettingError(
            _now("“%(key)s” adlı bir ayar yok; bilinen ayarlar: %(known)s.")
            % {"key": key[:60], "known": ", ".join(DEFINITIONS)}
        )
    return DEFINITIONS[key]


def get(year: AcademicYear, key: str) -> Any:
    """The typed value of one setting of a year (one query); the default where nobody decided otherwise."""
    definition = definition_of(key)
    stored = YearSetting.objects.filter(year=year, key=key).values_list("value", flat=True).first()
    return definition.parse(definition.default if stored is None else stored)


def all_of(year: AcademicYear) -> dict[str, Any]:
    """Every setting of a year, typed, in the order of the settings page (one query)."""
    stored = dict(YearSetting.objects.filter(year=year).values_list("key", "value"))
    return {key: definition.parse(stored.get(key, definition.default)) for key, definition in DEFINITIONS.items()}


SUBMISSION_DEADLINE = SettingDefinition(
    "submission_deadline",
    _("Proje gönderme son anı"),
    "",
    _("İl Proje Yürütme Kurulunun takvimi; okullara son günlerde hatırlatılır."),
)
"""Kept with the year itself and asked as a day and a time, so it is none of ``DEFINITIONS``."""


def shown_moment(moment: dt.datetime | None) -> str:
    """The deadline in words for people."""
    if moment is None:
        return _now("Belirlenmedi: yeni yıl açılıncaya kadar")
    return timezone.localtime(moment).strftime("%d.%m.%Y %H.%M")
