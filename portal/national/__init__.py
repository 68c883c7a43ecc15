"""Data at national size: copies of the sample's lives, or loans drawn in the country's shares.

`--cases`: every life many times over, each as somebody else of that name, card and number; every row is one that the
portal's own verbs wrote for a sample life, so whatever hangs together there hangs together here. `--loans`: people who
borrow, written set by set (`lending`).
"""
