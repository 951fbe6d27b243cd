"""The AWS command line, version 1 or 2, whichever this Python has, without a process a command.

ENDPOINT is the server; the keys in the environment are the administrator's.
"""
import contextlib
import io
import json
import os

from awscli.clidriver import create_clidriver

driver = create_clidriver()


def option(value):
    if isinstance(value, (dict, list)):
        return [json.dumps(value)]
    return [str(value)]


def call(command, **options):
    """Runs a command: exit code, what it printed and what it complained of."""
    arguments = command.split() + ["--endpoint-url", os.environ["ENDPOINT"], "--output", "json"]
    for name, value in options.items():
        name = "--" + name.rstrip("_").replace("_", "-")
        if value is False:
            name = name.replace("--", "--no-", 1)
        arguments += [name] if isinstance(value, bool) else [name] + option(value)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(arguments)
    return code, out.getvalue(), err.getvalue()


def aws(command, **options):
    """What a command answers; it must not fail."""
    code, out, err = call(command, **options)
    assert code == 0, f"aws {command} {options}: {code}\n{out}{err}"
    return json.loads(out) if out.strip() else None


def refused(code, text, command, **options):
    """The command must fail with this error of AWS's, and say this."""
    status, out, err = call(command, **options)
    assert status != 0, f"aws {command} {options} did not fail: {out}"
    assert f"An error occurred ({code}) when calling" in err and text in err, f"aws {command} {options}: {err}, not {code} {text}"


def pages(command, member, size, **options):
    """Everything that a list has, asked for in pages that the command line puts together again."""
    whole = aws(command, page_size=size, **options)[member]
    first = aws(command, max_items=1, **options)
    assert first[member] == whole[:1] and ("NextToken" in first) == (len(whole) > 1), first
    rest = aws(command, starting_token=first["NextToken"], **options)[member] if len(whole) > 1 else []
    assert first[member] + rest == whole, (first, rest, whole)
    return whole
