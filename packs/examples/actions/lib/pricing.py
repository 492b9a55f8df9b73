# packs/examples/actions/lib/pricing.py — modules of actions/lib are found by all actions in Python of the pack.
from decimal import Decimal


def total(lines):
    """Sum of price times count, with two digits, as text: sums of money are no floats."""
    whole = sum(Decimal(str(line["price"])) * line.get("count", 1) for line in lines)
    return str(whole.quantize(Decimal("0.01")))
