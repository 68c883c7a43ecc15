from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password

from accounts.models import User


class StaffBackend(BaseBackend):
    """Colleagues sign in with e-mail and password; the second factor is asked for by the door, page by page."""

    def authenticate(self, request, email=None, password=None):
        if not email or not password:
            return None
        user = User.objects.filter(email__iexact=email, kind=User.Kind.STAFF).first()
        if user is None:
            # The same work as for a known address: the time must not tell who is with us.
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id):
        return User.objects.filter(pk=user_id, is_active=True).first()
