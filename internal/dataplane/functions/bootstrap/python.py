"""Runs a handler written for Lambda's Python runtimes against the Runtime API."""

import http.client
import importlib
import json
import logging
import os
import re
import sys
import time
import traceback

_host, _, _prefix = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
_base = "/" + (_prefix + "/" if _prefix else "") + "2018-06-01/runtime"
_connection = http.client.HTTPConnection(_host)
_request_id = None


def _call(method, path, body=None, headers=None):
    _connection.request(method, _base + path, body, headers or {})
    response = _connection.getresponse()
    return response, response.read()


def _error(thrown):
    """The form of Lambda's errors, without the frames of this file."""
    frames = [f for f in traceback.extract_tb(thrown.__traceback__) if f.filename != __file__]
    return {
        "errorMessage": str(thrown),
        "errorType": type(thrown).__name__,
        "requestId": _request_id or "",
        "stackTrace": traceback.format_list(frames),
    }


def _fail(path, problem):
    print("[ERROR] %s: %s\rTraceback (most recent call last):\r%s" % (
        problem["errorType"], problem["errorMessage"], "".join(problem["stackTrace"]).replace("\n", "\r")), flush=True)
    kind = problem["errorType"].encode("ascii", "replace").decode()
    _call("POST", path, json.dumps(problem).encode(), {
        "Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind})


class _Lines(logging.Handler):
    def emit(self, record):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = self.format(record).replace("\n", "\r")
        print("[%s]\t%s.%03dZ\t%s\t%s" % (record.levelname, stamp, record.msecs, _request_id or "", text), flush=True)


class Context:
    """What handlers get as their second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = json.loads(client) if client else None
        self.identity = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, text):
        print(text, flush=True)


def _plain_http():
    """Functions written for AWS call https://{domainName}/{stage} with boto3. The node
    that runs them may serve http: calls to its own address go there as it serves them,
    and so do those to @connections of an address that is made of an API's id and the
    region, with the host that they were signed for."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if not endpoint.startswith("http://") or os.environ.get("PASARELA_ENDPOINT") != endpoint:
        return
    authority = endpoint[len("http://"):]
    made = re.compile(r"https://([a-z0-9]+\.execute-api\.%s\.amazonaws\.com)(?::443)?(/[^/?]+/(?:@|%%40)connections/.*)" % re.escape(os.environ.get("AWS_REGION", "")), re.DOTALL)

    class Finder:
        """Changes botocore when the function imports it, if it does."""

        @staticmethod
        def find_spec(name, path=None, target=None):
            if name != "botocore.httpsession":
                return None
            sys.meta_path.remove(Finder)
            spec = importlib.util.find_spec(name)
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                send = module.URLLib3Session.send

                def plain(self, request):
                    if request.url.startswith("https://" + authority + "/"):
                        request.url = "http" + request.url[len("https"):]
                    ours = made.fullmatch(request.url)
                    if ours:
                        request.headers["Host"] = ours[1]
                        request.url = "http://" + authority + ours[2]
                    return send(self, request)

                module.URLLib3Session.send = plain

            spec.loader.exec_module = exec_module
            return spec

    import importlib.util

    sys.meta_path.insert(0, Finder)


def _load():
    module, dot, name = os.environ["_HANDLER"].rpartition(".")
    if not dot:
        raise ImportError("Bad handler '%s': it is not of the form file.function" % os.environ["_HANDLER"])
    return getattr(importlib.import_module(module.replace("/", ".")), name)


def main():
    global _request_id
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    root = logging.getLogger()
    root.addHandler(_Lines())
    _plain_http()
    try:
        handler = _load()
    except BaseException as thrown:
        problem = _error(thrown)
        kinds = {ModuleNotFoundError: "Runtime.ImportModuleError", ImportError: "Runtime.ImportModuleError",
                 SyntaxError: "Runtime.UserCodeSyntaxError", AttributeError: "Runtime.HandlerNotFound"}
        if type(thrown) in kinds:
            problem["errorType"] = kinds[type(thrown)]
            problem["errorMessage"] = "Unable to import module for handler '%s': %s" % (os.environ["_HANDLER"], thrown)
        _fail("/init/error", problem)
        sys.exit(1)
    while True:
        response, body = _call("GET", "/invocation/next")
        if response.status != 200:
            return
        _request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = response.headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            result = json.dumps(handler(json.loads(body), Context(response.headers)), ensure_ascii=False).encode()
        except Exception as thrown:
            _fail("/invocation/%s/error" % _request_id, _error(thrown))
        else:
            sys.stdout.flush()
            sys.stderr.flush()
            _call("POST", "/invocation/%s/response" % _request_id, result, {"Content-Type": "application/json"})


main()
