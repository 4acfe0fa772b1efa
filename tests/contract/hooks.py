"""What schemathesis.toml cannot say. Loaded through SCHEMATHESIS_HOOKS by fuzz.py."""

import itertools

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

# A cursor is signed, so no schema can tell ours from an invented one, and by our conventions a cursor that is not
# ours, or belongs to other filters, answers 400. Only this problem code is forgiven.
CURSOR_CODE = "invalid_cursor"

turns = itertools.count()


@schemathesis.check
def valid_data_accepted(ctx, response, case):
    """positive_data_acceptance, save for 400 on a cursor that the fuzzer made up."""
    if response.status_code == 400 and problem_code(response) == CURSOR_CODE:
        return None
    return positive_data_acceptance(ctx, response, case)


def problem_code(response):
    try:
        body = response.json()
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None


@schemathesis.hook
def before_call(context, case, kwargs):
    """Put the current ETag into If-Match, three times out of four.

    A version is as little guessable as a cursor: without this every change of an existing thing would end at 412
    and its body, rules and state machine would never be fuzzed. Cases that are about the headers or the path stay
    as they are, and so does every fourth of the others.
    """
    if not wants_if_match(case) or case.meta is None or next(turns) % 4 == 3:
        return
    if any(case.meta.is_negative_at(location) for location in (ParameterLocation.HEADER, ParameterLocation.PATH)):
        return
    template = readable_at(case)
    if template is None:
        return
    base = kwargs.get("base_url") or case.operation.schema.get_base_url()
    path = "/".join(case.formatted_path.split("/")[: template.count("/") + 1])
    headers = {name: value for name, value in case.headers.items() if name.lower() == "authorization"}
    try:
        answer = requests.get(f"{base.rstrip('/')}{path}", headers=headers, timeout=30)
    except requests.RequestException:
        return
    if answer.ok and "ETag" in answer.headers:
        case.headers["If-Match"] = answer.headers["ETag"]


def wants_if_match(case):
    return any(
        parameter.location == ParameterLocation.HEADER and parameter.name.lower() == "if-match"
        for parameter in case.operation.iter_parameters()
    )


def readable_at(case):
    """The path itself, or the nearest one above it that names a thing and can be read: …/{id}/close → …/{id}."""
    paths = case.operation.schema.raw_schema["paths"]
    template = case.path
    while "{" in template:
        if "get" in paths.get(template, {}):
            return template
        template = template.rsplit("/", 1)[0]
    return None
