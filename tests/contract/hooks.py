"""What schemathesis.toml cannot say. Loaded through SCHEMATHESIS_HOOKS by fuzz.py."""

import hashlib
import itertools
import re

import requests
import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import positive_data_acceptance

# A cursor is signed, so no schema can tell ours from an invented one, and by our conventions a cursor that is not
# ours, or belongs to other filters, answers 400. Only this problem code is forgiven.
CURSOR_CODE = "invalid_cursor"

# Below a path, where its real things are listed and what names them there; a later line outdoes an earlier one.
# Communes, because no run logs in as one: an operation may end or merge them; few, so that what was made of one
# is met again. Accounts are left out: an operation may close the run's own. Of obligations, those that the
# operation has something to do to.
LISTS = {
    "/v1/units/{code}": ("/v1/units?kind=commune&limit=10", "code"),
    "/v1/units/{code}/duty-feeds/{id}": ("/v1/units/{code}/duty-feeds", "id"),
    "/v1/units/{code}/focal-officers/{id}": ("/v1/units/{code}/focal-officers", "id"),
    "/v1/obligations/{id}": ("/v1/obligations?state=open&limit=20", "id"),
    "/v1/obligations/{id}/meet": ("/v1/obligations?state=breached&limit=20", "id"),
}

turns, numbers = itertools.count(), itertools.count()
# No file of this type comes with the fuzzer.
pdf = strategies.binary(max_size=200).map(lambda rest: b"%PDF-1.4\n" + rest)
schemathesis.openapi.media_type("application/pdf", pdf)


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
    """Say what no one can guess, three times out of four: names of real things, tokens, checksums, the ETag.

    Without this nearly every case would end at 404, 422 or 412, and the bodies, rules and state machines behind
    would never be fuzzed. Cases that are about the headers or the path stay as they are, and so does every fourth
    of the others.
    """
    if case.meta is None:
        return
    negative = any(case.meta.is_negative_at(part) for part in (ParameterLocation.HEADER, ParameterLocation.PATH))
    is_fourth = next(turns) % 4 == 3
    if negative or not is_fourth:
        renew_key(case)
    if negative or is_fourth:
        return
    base = (kwargs.get("base_url") or case.operation.schema.get_base_url()).rstrip("/")
    # The stateful phase has its names from earlier answers, and checks that they go together.
    if case.meta.phase.name != TestPhase.STATEFUL:
        put_real_names(case, base)
    if case.path.endswith("/duties.ics") and not case.meta.is_negative_at(ParameterLocation.QUERY):
        feeds = f"{base}{case.formatted_path.removesuffix('duties.ics')}duty-feeds"
        if (answer := ask(case, feeds, "POST", {"label": "fuzz"})) is not None:
            case.query["token"] = answer.json()["address"].rsplit("=")[-1]
    if (case.method.upper(), case.path) == ("PUT", "/v1/files/{sha256}"):
        body = requests.Request(**case.as_transport_kwargs(base_url=base)).prepare().body or b""
        case.path_parameters["sha256"] = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
    if wants_if_match(case) and (template := readable_at(case)):
        path = "/".join(case.formatted_path.split("/")[: template.count("/") + 1])
        answer = ask(case, f"{base}{path}")
        if answer is not None and "ETag" in answer.headers:
            case.headers["If-Match"] = answer.headers["ETag"]


def renew_key(case):
    """The contract's example of a key comes again and again: all but its first use would be a conflict."""
    if re.fullmatch(r"[!-~]{16,200}", case.headers.get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = f"renewed-{next(numbers):012}"


def put_real_names(case, base):
    for below, (where, key) in LISTS.items():
        if f"{case.path}/".startswith(f"{below}/"):
            answer = ask(case, base + where.format(**case.path_parameters))
            items = answer.json()["items"] if answer is not None else []
            if items:
                name = re.findall(r"{(\w+)}", below)[-1]
                case.path_parameters[name] = items[next(numbers) % len(items)][key]


def ask(case, url, method="GET", body=None):
    """What the case's own account is answered, if that is a success."""
    headers = {name: value for name, value in case.headers.items() if name.lower() == "authorization"}
    try:
        answer = requests.request(method, url, json=body, headers=headers, timeout=30)
    except requests.RequestException:
        return None
    return answer if answer.ok else None


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
