from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import UserError
from schools import services
from schools.forms import AcceptInvitationForm

SESSION_KEY = "invitation"


@require_safe
@never_cache
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail (public): takes the token out of the address before anything is shown."""
    request.session[SESSION_KEY] = services.digest_of_token(token)
    return redirect("schools:invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Open the invited account (public, by the link): name and password, then on to the sign-in page."""
    digest = request.session.get(SESSION_KEY, "")
    invitation = services.find_invitation(digest) if digest else None
    if invitation is None:
        return render(request, "schools/invitation_closed.html", status=404)
    form = AcceptInvitationForm(
        request.POST or None, email=invitation.email, initial={"full_name": invitation.seat.staff.full_name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_invitation(
                token_digest=digest,
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password1"],
            )
        except UserError:
            return render(request, "schools/invitation_closed.html", status=404)
        request.session.flush()
        messages.success(request, _("Hesabınız açıldı; e-posta adresiniz ve parolanızla giriş yapınız."))
        return redirect("account_login")
    context = {"form": form, "invitation": invitation}
    return render(request, "schools/invitation_accept.html", context, status=422 if form.errors else 200)
