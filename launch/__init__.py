"""What `make` calls: sets up, starts the embedded services, serves, tests and checks the portal.

Plain Python from the standard library: it must run before anything is installed, and it never imports Django.
"""
