import logging

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)


class FriendlyErrors:
    """When the database cannot be reached, say so in the reader's language with status 503 instead of a bare failure.

    Stands first, so that it also catches what other middleware meets; `process_exception` would come too late for them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            from kit.errors import unavailable

            logger.error("database unavailable", exc_info=exception)
            return unavailable(request)
        return None
