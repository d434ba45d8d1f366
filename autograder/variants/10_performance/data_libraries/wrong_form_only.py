# caught by: rule_is_met
"""WRITE a part of the message that the learner must then read."""
# WRITE one misunderstanding: the rule met in form only.
