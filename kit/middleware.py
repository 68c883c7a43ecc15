"""What is mended before any page looks at a request, and after it has answered."""

from django.conf import settings

from kit.errors import handler400

NUL = "\x00"


class ReadableRequests:
    """Nobody types a NUL, and PostgreSQL takes none. An address that holds one is answered 400.

    A cookie that holds one is left out: its browser would be refused for as long as the cookie lives.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        if NUL in request.path_info:
            return handler400(request)
        return self.get_response(request)


class CookieSentOnce:
    """The CSRF cookie goes to a browser that does not hold it, not with every form: 140 bytes of a page's 3 KB.

    Django sends it each time to push its end a year on. Here it ends a year after it came, and the next page with a
    form brings another.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        name = settings.CSRF_COOKIE_NAME
        sent = response.cookies.get(name)
        if sent is not None and sent.value and sent.value == request.COOKIES.get(name):
            del response.cookies[name]
        return response
