from typing import Self

from django.db import models


class RefusalReasonQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)
