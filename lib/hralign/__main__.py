"""``python -m hralign`` is the command line too."""

import sys

from .cli import main

sys.exit(main())
