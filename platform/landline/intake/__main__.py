"""`python -m landline.intake`: serves until it is told to stop, configured by its environment alone."""

import argparse
import logging
import os
import sys

from landline.errors import LandlineError
from landline.exit_codes import ExitCode

try:
    import uvicorn

    from landline.intake import denial
    from landline.intake.backends import service
    from landline.intake.config import HELP, read_config
    from landline.intake.roster_keeper import RosterKeeper
    from landline.intake.roster_source import source
    from landline.intake.server import application
except ModuleNotFoundError as error:
    if __name__ != "__main__" or (error.name or "").partition(".")[0] == "landline":
        raise
    sys.stderr.write(
        f"the intake needs {error.name}, which is not installed; "
        "in a checkout of Landline: pip install '.[intake]'\n"
    )
    sys.exit(ExitCode.USAGE)

STOP_SECONDS = 25
"""For requests at work when SIGTERM comes: less than the 30 s after which ECS kills ("Amazon ECS Developer
Guide, Task definition parameters: stopTimeout")."""


def main() -> int:
    """Runs the server, or says how to."""
    argparse.ArgumentParser(
        "python -m landline.intake", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    try:
        config = read_config(os.environ)
        app = application(config.service, service(config), RosterKeeper(source(config)))
    except LandlineError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    denial.count_on(sys.stdout, config.service_id)
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
