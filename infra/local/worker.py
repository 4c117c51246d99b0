"""A Lambda worker process: installs the shared clock, then hands over to AWS's runtime client.

Started by the worker host as `python -m infra.local.worker <handler>` in the function's folder, never by hand.
"""

from __future__ import annotations

import sys

from infra.local import clock


def main(arguments: list[str]) -> None:
    """Serve the handler named by the first argument until killed."""
    from awslambdaric.__main__ import main as serve

    clock.install(clock.from_environment())
    serve(["awslambdaric", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
