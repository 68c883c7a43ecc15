"""The registrations and licences that an enterprise obtains, each with its number and who saw the paper."""
