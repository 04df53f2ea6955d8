"""`python -m config.healthcheck`: exit 0 if the web process in this container is alive.

Asks under a name that ALLOWED_HOSTS knows; the image has no curl.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

PORT = int(os.environ.get("PORT", "8000"))
TIMEOUT_SECONDS = 3
OK = 200


def alive() -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = HTTPConnection("127.0.0.1", PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if alive() else 1)
