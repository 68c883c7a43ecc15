"""What a client is told of a paper that was asked for: which one."""

from collections.abc import Collection

from enterprises.models import DocumentRequest
from journal.open_items import Facts


def of_documents(ids: Collection[int]) -> dict[int, Facts]:
    """One query for all of them."""
    requests = DocumentRequest.objects.filter(pk__in=ids).select_related("kind")
    return {request.pk: Facts(bring=(request.kind.label,)) for request in requests}
