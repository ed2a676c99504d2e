"""Invented names: words from which people, schools and projects of the demo are put together."""
# ruff: noqa: E501

from __future__ import annotations

from schools.models.units import Category

FIRST_NAMES = (
    "Ayşe Fatma Zeynep Elif Emine Merve Hatice Esra Büşra Kübra Selin Derya Gül Nur Sevgi Özlem Pınar Şeyma İrem "
    "Ceren Duygu Ebru Gamze Hülya Melek Nazlı Songül Tuğba Yasemin Zehra Aslı Begüm Cansu Defne Ece Figen Gizem Hande "
    "Işıl İpek Jale Kevser Leyla Müge Neslihan Oya Perihan Reyhan Sibel Şule Ülkü Vildan Yeliz "
    "Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim İsmail Osman Yusuf Murat Ömer Ramazan Halil Süleyman Fatih Emre "
    "Burak Serkan Volkan Uğur Tolga Sinan Orhan Kemal Kadir Hakan Gökhan Ferhat Erdem Cem Barış Çağlar Doğan Engin "
    "Furkan Gürkan Hamza Ilgaz İlker Koray Levent Mert Nihat Onur Özgür Polat Rıza Selçuk Şahin Tuncay Umut Ümit Yiğit Zafer"
).split()

LAST_NAMES = (
    "Akarsu Akbulak Aksoylu Alpagut Altınışık Arpacık Aslandere Atakuyu Aydemirci Bağcıvan Bakırdağ Balkanlı Baştepe "
    "Bayırlı Beyazova Bıyıklıoğlu Bozkaya Bulutçu Candemirli Cebecioğlu Ceylandağ Coşkunsu Çağlayanlı Çakırgöz Çamlıbel "
    "Çelikdere Çınarlı Çobanoğlugil Dalyancı Değirmendere Demirağaç Deveciler Dilekkaya Doğrusever Dönmezer Duranoğulları "
    "Ekizceli Elmalıoğlu Erdoğmuşlar Ertunalı Eskicioğulları Fındıklı Fidanboy Gelincik Gökçepınar Gülaçtı Gümüşçay "
    "Günebakan Güvercinli Hacıköylü Harmancık Hisarönü Ilgınlı Irmakçı İğdeli İncirliova İpekböcek Kabaağaç Kalecikli "
    "Karaçalı Karadutlu Kavaklıdere Kestanelik Kırlangıç Kızılırmaklı Koçyiğitler Korkmazyürek Köprülüoğlu Kuşkonmaz "
    "Laleliçeşme Mavigöl Menekşeli Mercanlı Narlıdere Nergisli Ormancıoğlu Ortanca Ovacıklı Özbahçe Özçınar Pamukçu "
    "Papatyalı Pınarbaşlı Sakızlı Sarıkamış Sazlıdere Selviboylu Sığırcık Sümbüllü Süzgün Şadırvan Şahinkayalı Şimşirlik "
    "Tahtacıoğlu Tarlabaşlı Taşköprülü Toprakçı Turnalı Tütüncüler Uçarsu Uluçamlar Uzunçarşılı Üçpınarlı Ünlüdağ "
    "Vişneli Yağcıbedir Yalçınkayalar Yaylacık Yedigöller Yeşilyaprak Yıldızeli Yörükoğulları Zambaklı Zeytindalı"
).split()

PLACE_WORDS = (
    "Zeytinli Çamlık Pınarbaşı Gülbahçe Akçay Körfez Yeşilova Sarıkız Kazdağı Alaçam Kavaklı Çınaraltı Değirmenönü Ihlamur "
    "Şadırvan Bahçelievler Yıldıztepe Güneşli Doruk Umut Barış Sevgi Dostluk Cumhuriyet İstiklal Zafer Fatih Gazi Kuvayımilliye "
    "Ordu Deniz Martı Yelken Fener Liman Yakamoz Mercan Defne Menekşe Papatya Lale Sümbül Nergis Karanfil Ortanca Kardelen "
    "Serçe Turna Kırlangıç Leylek Şahin Gökkuşağı Bulut Irmak Çağlayan Pınar Kaynak Köprü Kale Hisar Meydan Çarşı Harman Tepe"
).split()

DIRECTIONS = ("", "Yeni ", "Yukarı ", "Aşağı ", "Büyük ", "Küçük ", "Orta ", "Batı ", "Doğu ", "Kuzey ", "Güney ")

SCHOOL_TYPES: dict[str, tuple[str, ...]] = {
    Category.PRESCHOOL: ("Anaokulu",),
    Category.PRIMARY: ("İlkokulu",),
    Category.MIDDLE: ("Ortaokulu", "Ortaokulu", "Ortaokulu", "İmam Hatip Ortaokulu"),
    Category.HIGH: (
        "Anadolu Lisesi",
        "Mesleki ve Teknik Anadolu Lisesi",
        "Anadolu İmam Hatip Lisesi",
        "Çok Programlı Anadolu Lisesi",
    ),
    Category.PROJECT_HIGH: ("Fen Lisesi", "Sosyal Bilimler Lisesi", "Proje Anadolu Lisesi"),
    Category.SPECIAL: ("Özel Eğitim Uygulama Okulu", "Özel Eğitim Meslek Okulu"),
    Category.PROVINCIAL: (
        "Halk Eğitimi Merkezi",
        "Bilim ve Sanat Merkezi",
        "Rehberlik ve Araştırma Merkezi",
        "Öğretmenevi ve Akşam Sanat Okulu",
    ),
}

BRANCHES: dict[str, tuple[str, ...]] = {
    Category.PRESCHOOL: ("Okul Öncesi",),
    Category.PRIMARY: (
        "Sınıf Öğretmenliği",
        "Sınıf Öğretmenliği",
        "Sınıf Öğretmenliği",
        "İngilizce",
        "Din Kültürü ve Ahlak Bilgisi",
    ),
    Category.MIDDLE: (
        "Türkçe",
        "Matematik",
        "Fen Bilimleri",
        "Sosyal Bilgiler",
        "İngilizce",
        "Din Kültürü ve Ahlak Bilgisi",
        "Beden Eğitimi",
        "Görsel Sanatlar",
        "Müzik",
        "Bilişim Teknolojileri",
        "Teknoloji ve Tasarım",
    ),
    Category.HIGH: (
        "Türk Dili ve Edebiyatı",
        "Matematik",
        "Fizik",
        "Kimya",
        "Biyoloji",
        "Tarih",
        "Coğrafya",
        "Felsefe",
        "İngilizce",
        "Almanca",
        "Beden Eğitimi",
        "Bilişim Teknolojileri",
    ),
    Category.SPECIAL: ("Özel Eğitim",),
    Category.PROVINCIAL: ("Bilişim Teknolojileri", "Görsel Sanatlar", "Müzik", "Rehberlik"),
}
BRANCHES[Category.PROJECT_HIGH] = BRANCHES[Category.HIGH]
VOCATIONAL_BRANCHES = (
    "Elektrik-Elektronik Teknolojisi",
    "Makine Teknolojisi",
    "Yiyecek İçecek Hizmetleri",
    "Çocuk Gelişimi ve Eğitimi",
)

PROJECT_THEMES = (
    "Denizde Bir İz|Yağmur Suyu Hasadı|Yeşil Okul Yeşil Gelecek|Kodlayan Parmaklar|Sınırsız Sınıflar|Zeytinin Yolculuğu|"
    "Sıfır Atık Atölyesi|Kültürden Kültüre Köprü|Robotlar Tarlada|Masal Kütüphanesi|Güneşin Enerjisi|Birlikte Okuyoruz|"
    "Müzede Bir Gün|Temiz Deniz Mavi Yarın|Akıllı Sera|Dijital Vatandaşlık|Oyunla Matematik|Köyümüzün Sesi|Erişilebilir Okul|"
    "Doğanın Dili|Astronomi Geceleri|Ortak Sofra|Su Elçileri|Ahşaba Can Veren Eller|Türkülerle Coğrafya|Yapay Zekâ Kulübü|"
    "Kuş Gözlem Ağı|Mahallemin Tarihi|Sağlıklı Beslenen Nesiller|Bilim Sokakta|Gönüllü Gençler|Meslekler Sahnesi"
).split("|")

PROJECT_TAILS = (
    "",
    " ve Ötesi",
    " Buluşmaları",
    ": Avrupa Ortaklığı",
    " Şenliği",
    " Atölyesi",
    " Kampı",
    " Ağı",
    ": Genç Mucitler",
    ": Öğrenen Okul",
)
