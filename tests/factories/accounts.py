"""Accounts for tests; the password is always ``PASSWORD`` and the e-mail address is verified."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import User

PASSWORD = "kavak-golgesi-1923"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"kisi{n}@okul.example")
    full_name = factory.Sequence(lambda n: f"Kişi {n}")
    password = factory.django.Password(PASSWORD)
    mfa_exempt = True

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class SystemAdminFactory(UserFactory):
    is_superuser = True
    is_staff = True
