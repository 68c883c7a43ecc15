"""Sample people who live through the portal's own actions: nothing here writes a row that a person could not.

Everything is invented and marked: e-mail addresses end in sample.invalid, and `check --deploy` refuses them.
"""
