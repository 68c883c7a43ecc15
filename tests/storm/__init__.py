"""Processes are killed while messages are planned and sent: nothing is lost, nothing doubled, nobody blocked."""
