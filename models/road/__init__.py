"""The vocabulary of the road, part by part: what a person states (``…Facts``), the command that
states it, the event it becomes. Conditions are in ``lifecycle/verbs/<part>.py``, what an event means
for the case in ``lifecycle/folds/<part>.py``.
"""
