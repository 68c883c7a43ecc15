"""The kinds of messages that the portal sends, gathered from the apps."""

from casework.messages import KINDS as CASEWORK
from enterprises.messages import KINDS as ENTERPRISES
from loans.messages import KINDS as LOANS
from training.messages import KINDS as TRAINING

KINDS = [*ENTERPRISES, *CASEWORK, *TRAINING, *LOANS]
