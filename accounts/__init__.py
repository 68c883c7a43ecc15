"""Users, roles, offices, and the staff's sign-in with its second factor."""
