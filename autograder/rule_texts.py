"""The text of a rule, without the rest of the standards.

A verdict quotes one rule. Reading and checking all five inventories for it takes a
second where Python runs in a browser, so only the rule's own lines are read.
"""

import re
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).resolve().parent / "standards"


@cache
def rule_text(rule: str) -> str:
    """Find the text of a rule, as ``load_standards().rules`` has it.

    Args:
        rule: A rule id, such as ``GUIDE-1.2.2.R1``.

    Returns:
        The text.

    Raises:
        KeyError: There is no such rule.
    """
    path = _FOLDER / f"{rule.partition('-')[0].lower()}.yml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    # A long text goes on in lines with a deeper indent.
    entry = re.search(rf"^    {re.escape(rule)}:.*(?:\n {{6}}.*)*", text, re.MULTILINE)
    if entry is None:
        raise KeyError(rule)
    return str(yaml.safe_load(entry.group())[rule])
