"""People who ask for files without end: `python -m tests.promises.insisting PORT COOKIES MANY S`.

COOKIES are those of each of them, between bars; MANY connections are theirs in turn. Prints how
many answers had each status.
"""

from __future__ import annotations

import http.client
import sys
import threading
import time
from collections import Counter

PATHS = (
    "/scores/?show=csv", "/scores/?show=xlsx", "/explain/?measure=nps&show=csv",
    "/journeys/transitions.csv", "/journeys/variants.csv",
)  # fmt: skip


def main(port: str, cookies: str, many: str, seconds: str) -> None:
    seen, own = Counter[int](), cookies.split("|")
    until = time.monotonic() + float(seconds)

    def insist(path: str, cookies: str) -> None:
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=300)
            connection.request("GET", path, headers={"Cookie": cookies})
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1

    threads = [
        threading.Thread(target=insist, args=(PATHS[number % len(PATHS)], own[number % len(own)]))
        for number in range(int(many))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(", ".join(f"{status}: {count}" for status, count in sorted(seen.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
