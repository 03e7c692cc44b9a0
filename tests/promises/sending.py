"""One client, one request at a time: `python -m tests.promises.sending PORT KEY REQUESTS`.

Prints how many were answered with each status, as JSON.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections import Counter


def main(port: str, key: str, requests: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=300)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    seen: Counter[int] = Counter()
    for n in range(int(requests)):
        body = json.dumps([{"id": f"s{n}", "kind": "k", "happened_at": 1}])
        connection.request("POST", "/api/v1/interactions", body, headers)
        answer = connection.getresponse()
        answer.read()
        seen[answer.status] += 1
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
