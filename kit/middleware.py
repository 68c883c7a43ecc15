"""What is mended before any page looks at a request."""

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
