"""Who sees money. ``billing.view`` shows a patient's amounts, ``billing.cash`` takes and gives money back,
``billing.write`` bills, ``billing.till`` shows the money pages; acts open with the billing domain's key alone.

The practice chooses for its secretary (`Practice.secretary_billing`, `Practice.secretary_cash`): all of it, money
without acts, or nothing. An accounting helper has ``billing.till`` and no key: amounts and numbers, no name, no act.
"""
