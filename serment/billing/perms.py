"""Who sees money: ``billing.view`` and ``billing.write`` open acts with the billing domain; the till needs no key.

A secretary has the first two where the practice says so (Practice.secretary_billing); an accounting helper has the till
only, without names.
"""
