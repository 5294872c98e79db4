"""B2 (liberal layout) and NOEMIE-PS: positional formats of the feuilles de soins, driven by tables. Pure.

The tables are `data/b2_liberal.csv` and `data/noemie_ps.csv`: positions taken from public descriptions of the norm
(2007 and before), « à vérifier » against the current specifications, which are not public.
"""
