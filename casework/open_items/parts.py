"""Of whom an item is, by the columns that say it."""

NEXT_CONTACT = "casework.next_contact"
# A no of the lender's that nobody has told the client yet.
ANSWER = "casework.answer"
# What a colleague of the case holds: of the case itself, and of what hangs on it.
OF_CASE = {"enterprise": "enterprise_id", "holder": "advisor_id", "office": "office_id"}
OF_STEP = {"enterprise": "case__enterprise_id", "holder": "case__advisor_id", "office": "case__office_id"}
# Whoever of the office is free reads a plan; whoever of the branch is free takes a referral up.
OF_PLAN = OF_STEP | {"holder": None}
OF_REFERRAL = OF_PLAN | {"office": "to_office_id"}
