"""Hand-holding: enquiries, cases, contacts, the plan of steps, the one-page business plan, referrals and notes."""
