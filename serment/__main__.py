"""``python -m serment``: the same as the ``serment`` command."""

from serment.cli.main import main

raise SystemExit(main())
