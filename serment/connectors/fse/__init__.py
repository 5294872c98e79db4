"""The engine of the feuilles de soins: card reading, signature and sealing belong to a homologated engine.

`port` says what an engine does; `handoff` speaks to one on this machine (docs/engine.md), by HTTP, by a socket or by a
watched folder; `simulator` plays one, with fictitious cards; `conformance` is what any adapter must pass.
"""
