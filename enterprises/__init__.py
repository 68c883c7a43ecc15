"""People and their enterprises: registration, sign-in by CNIC, consents, and who may see what."""
