"""The portal's settings with Django's own upload handlers: the control of tests/kit/test_uploads_under_load.py."""

from django.conf import global_settings

from portal.settings import *  # noqa: F403, TID251 - the process of the control runs the portal itself

FILE_UPLOAD_HANDLERS = global_settings.FILE_UPLOAD_HANDLERS
