"""The parts of the journey, each as its people walk it.

Everything is found by the names and addresses of fields, buttons and links, so that both languages walk the same way.
"""
