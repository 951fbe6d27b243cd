"""Signs requests with botocore, one JSON object a line on standard output.

Standard input is a JSON list of {form, method, url, body, service, region,
token}; form is header or query. Keys are those of the test beside this file.
"""
import json
import sys

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for case in json.load(sys.stdin):
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", case["token"] or None)
    request = AWSRequest(method=case["method"], url=case["url"], data=case["body"].encode())
    if case["form"] == "query":
        signer = SigV4QueryAuth(credentials, case["service"], case["region"], expires=300)
    else:
        signer = SigV4Auth(credentials, case["service"], case["region"])
    signer.add_auth(request)
    prepared = request.prepare()
    print(json.dumps({"url": prepared.url, "headers": {k: v if isinstance(v, str) else v.decode() for k, v in prepared.headers.items()}}))
