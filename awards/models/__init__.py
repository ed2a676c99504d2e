from awards.models.certificates import Certificate, CertificateCounter, CertificatePrint
from awards.models.rounds import AwardLine, AwardList, AwardListReport, AwardRound, ListConfirmation
from awards.models.rules import AwardRule

__all__ = [
    "AwardLine",
    "AwardList",
    "AwardListReport",
    "AwardRound",
    "AwardRule",
    "Certificate",
    "CertificateCounter",
    "CertificatePrint",
    "ListConfirmation",
]
