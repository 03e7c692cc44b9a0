"""`python -m vivencia.cli`, for where the script is not on the path."""

import sys

from vivencia.cli import main

sys.exit(main())
