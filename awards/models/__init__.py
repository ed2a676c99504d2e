from awards.models.certificates import Certificate, CertificateCheck, CertificatePrint
from awards.models.rounds import AwardLine, AwardList, AwardRound
from awards.models.rules import AwardRule

__all__ = [
    "AwardLine",
    "AwardList",
    "AwardRound",
    "AwardRule",
    "Certificate",
    "CertificateCheck",
    "CertificatePrint",
]
