"""Data at national size: the sample's lives many times over, each as somebody else of that name, card and number.

Every row is one that the portal's own verbs wrote for a sample life, so whatever hangs together there hangs together
here.
"""
