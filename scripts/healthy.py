"""Ends well when the web server beside it answers as a browser would see it through the front."""

import http.client
import os
import sys

link = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
link.request(
    "GET",
    "/hesap/login/",
    headers={
        "Host": os.environ["ALLOWED_HOSTS"].split(",")[0],
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
    },
)
sys.exit(0 if link.getresponse().status == 200 else 1)
