"""The open data of a running server, checked from the outside:  check.py http://127.0.0.1:8080

JSON-LD against the rules of CPSV-AP 3.2.0 (cpsv-ap.ttl), NDJSON, CSV, the SQLite file and its signature, the
headers, and that all four files show the same procedures. Where a check could pass for want of looking, a broken
copy is tried as well and has to be refused. Asks no other host. Prints what is wrong and exits 1.
"""

import base64
import csv
import hashlib
import io
import json
import re
import sqlite3
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pyshacl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rdflib import DCAT, DCTERMS, RDF, SH, Graph, Namespace

SHAPES = Path(__file__).with_name("cpsv-ap.ttl")
FILES = ("procedures.jsonld", "procedures.ndjson", "procedures.csv", "catalogue.sqlite")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
LINE_KEYS = {"id", "national_code", "variant", "version_id", "number", "valid_from", "valid_to", "content"}
COLUMNS = "id national_code variant version_id number valid_from valid_to name field document".split()
SIGNED_ROWS = f"SELECT json_array({', '.join(COLUMNS)}) FROM procedures ORDER BY id"
# What a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_SHOWN = 20

faults: list[str] = []


def expect(holds: object, message: str) -> bool:
    """Notes a fault unless it holds."""
    if not holds:
        faults.append(message)
    return bool(holds)


def get(url: str, **headers: str):
    """Status, headers and body; also of answers that are not 200."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def fetch(base: str, name: str) -> bytes:
    """A file, once its headers have been looked at."""
    url = f"{base}/v1/open/{name}"
    status, headers, body = get(url)
    if not expect(status == 200, f"{name}: answered {status}"):
        return b""
    etag = headers.get("ETag", "")
    if expect(re.fullmatch(r'"[^"]+"', etag), f"{name}: no strong ETag, but {etag!r}"):
        status, _, rest = get(url, If_None_Match=etag)
        expect(status == 304 and not rest, f"{name}: If-None-Match with its ETag answered {status}")
        status, _, _ = get(url, If_None_Match='"another"')
        expect(status == 200, f"{name}: If-None-Match with another ETag answered {status}")
    status, headers, part = get(url, Range="bytes=0-99")
    expect(status == 206, f"{name}: a Range answered {status}")
    found, wanted = headers.get("Content-Range"), f"bytes 0-{min(100, len(body)) - 1}/{len(body)}"
    expect(found == wanted, f"{name}: Content-Range {found!r}, not {wanted!r}")
    expect(part == body[:100], f"{name}: the range is not the beginning of the file")
    return body


def keys_of(value: object):
    """All keys of a document, however deep."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_of(item)
    if isinstance(value, dict):
        yield from value


def validate(graph: Graph, shapes: Graph, **options) -> list[tuple]:
    """Path, subject and message of every violation."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", **options)
    results = report.subjects(RDF.type, SH.ValidationResult)
    facts = (SH.resultPath, SH.focusNode, SH.resultMessage)
    return [tuple(report.value(result, fact) for fact in facts) for result in results]


def check_jsonld(body: bytes) -> list[str]:
    """The ids of the services."""
    document = json.loads(body)
    terms = document.get("@context")
    inline = isinstance(terms, dict) and not {"@import", "@context"} & set(keys_of(terms))
    if not expect(inline, "jsonld: the context is not wholly inline"):
        return []
    # A reader of JSON-LD drops a key that is no term without a word.
    lost = set(keys_of(document["@graph"])) - set(terms) - {"@id", "@type", "@value", "@language"}
    expect(not lost, f"jsonld: keys that are not in the context: {sorted(lost)}")

    graph = Graph().parse(data=body, format="json-ld")
    shapes = Graph().parse(SHAPES, format="turtle")
    services = sorted(graph.subjects(RDF.type, CPSV.PublicService))
    expect(len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 1, "jsonld: there is not one catalogue")
    violations = validate(graph, shapes)
    for path, subject, message in violations[:MOST_SHOWN]:
        faults.append(f"jsonld: {subject} {path or ''}: {message}")
    expect(len(violations) <= MOST_SHOWN, f"jsonld: {len(violations)} violations in all")
    if expect(services, "jsonld: no service at all"):
        for dropped in (DCTERMS.title, DCTERMS.identifier, CV.hasCompetentAuthority):
            broken = Graph() + graph
            broken.remove((services[0], dropped, None))
            paths = [path for path, _, _ in validate(broken, shapes, focus_nodes=[services[0]])]
            expect(dropped in paths, f"shapes: a service without {dropped} is not refused")
    return [str(service).rsplit("/v1/procedures/", 1)[-1] for service in services]


def check_ndjson(body: bytes) -> list[str]:
    """The ids, in order."""
    text = body.decode("utf-8")
    expect(text == "" or text.endswith("\n"), "ndjson: the last line has no end")
    ids = []
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            item = json.loads(line)
        except ValueError as error:
            expect(False, f"ndjson: line {number}: {error}")
            continue
        known = isinstance(item, dict) and LINE_KEYS <= item.keys()
        if expect(known, f"ndjson: line {number} is no object with the keys {sorted(LINE_KEYS)}"):
            expect(isinstance(item["content"], dict), f"ndjson: line {number}: content is no object")
            ids.append(item["id"])
    return ids


def check_csv(body: bytes) -> list[str]:
    """The ids, in order."""
    expect(body.startswith(b"\xef\xbb\xbf"), "csv: no byte order mark, so that spreadsheets misread Vietnamese")
    text = body.decode("utf-8-sig")
    unquoted = re.sub(r'"(?:[^"]|"")*"', "", text)
    expect(re.search(r"\r(?!\n)|(?<!\r)\n", unquoted) is None, "csv: a record does not end in CRLF")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    expect(len(set(header)) == len(header), "csv: a column twice")
    for number, row in enumerate([header, *rows], 1):
        expect(len(row) == len(header), f"csv: record {number} has {len(row)} cells, not {len(header)}")
        for cell in row:
            expect(not cell.startswith(FORMULA), f"csv: record {number}: a cell that is a formula: {cell[:30]!r}")
    if not expect("id" in header, "csv: no column id"):
        return []
    return [row[header.index("id")] for row in rows if len(row) == len(header)]


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def open_jws(token: str, keys: dict) -> dict:
    """The payload of a compact JWS whose signature holds; ValueError says why it does not."""
    if token.count(".") != 2:
        raise ValueError("it is no compact JWS")
    head, payload, signature = token.split(".")
    header = json.loads(decoded(head))
    if header.get("alg") != "EdDSA" or header.get("kid") not in keys:
        raise ValueError(f"its header names no key of jwks.json: {header}")
    key = Ed25519PublicKey.from_public_bytes(decoded(keys[header["kid"]]["x"]))
    try:
        key.verify(decoded(signature), f"{head}.{payload}".encode())
    except InvalidSignature:
        raise ValueError("the signature does not hold") from None
    return json.loads(decoded(payload))


def verify_catalogue(database: sqlite3.Connection, keys: dict) -> dict:
    """The signed statement about the file, if it is true of it; else ValueError."""
    token = database.execute("SELECT value FROM manifest WHERE key = 'signature'").fetchone()
    if token is None:
        raise ValueError("the manifest has no signature")
    payload = open_jws(token[0], keys)
    if missing := {"iss", "day", "revision", "procedures", "sha256"} - payload.keys():
        raise ValueError(f"the payload lacks {sorted(missing)}")
    digest, count = hashlib.sha256(), 0
    for (line,) in database.execute(SIGNED_ROWS):
        digest.update(line.encode() + b"\n")
        count += 1
    if (payload["sha256"], payload["procedures"]) != (digest.hexdigest(), count):
        raise ValueError("the rows are not the signed ones")
    return payload


def refused(database: sqlite3.Connection, keys: dict, change: str) -> bool:
    """Whether the file with a change is refused; the change is taken back."""
    database.execute(change)
    try:
        verify_catalogue(database, keys)
    except ValueError:
        return True
    finally:
        database.rollback()
    return False


def check_sqlite(body: bytes, jwks: bytes) -> list[str]:
    """The ids, in order."""
    keys = {key["kid"]: key for key in json.loads(jwks)["keys"]}
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(body)
        expect(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "sqlite: the file is damaged")
        for table, wanted in {"procedures": COLUMNS, "manifest": ["key", "value"]}.items():
            columns = database.execute(f"SELECT name, pk FROM pragma_table_info('{table}')").fetchall()
            expect([name for name, _ in columns] == wanted, f"sqlite: the columns of {table} are {columns}")
            expect([name for name, pk in columns if pk] == wanted[:1], f"sqlite: {table} has another primary key")
        try:
            verify_catalogue(database, keys)
        except ValueError as error:
            expect(False, f"sqlite: {error}")
        one = "(SELECT max(id) FROM procedures)"
        for change in (
            f"UPDATE procedures SET name = coalesce(name, '') || '.' WHERE id = {one}",
            f"DELETE FROM procedures WHERE id = {one}",
            "UPDATE manifest SET value = replace(value, '.', '.e') WHERE key = 'signature'",
        ):
            expect(refused(database, keys, change), f"sqlite: a changed file is not refused: {change}")
        return [row[0] for row in database.execute("SELECT id FROM procedures ORDER BY id")]


def main(base: str) -> int:
    base = base.rstrip("/")
    jsonld, ndjson, table, catalogue = (fetch(base, name) for name in FILES)
    status, _, jwks = get(f"{base}/.well-known/jwks.json")
    expect(status == 200, f"jwks.json: answered {status}")
    if not faults:
        lines = check_ndjson(ndjson)
        expect(len(set(lines)) == len(lines), "ndjson: an id twice")
        expect(check_csv(table) == lines, "csv: other ids, or another order, than ndjson")
        expect(sorted(check_jsonld(jsonld)) == sorted(lines), "jsonld: other services than ndjson")
        expect(sorted(check_sqlite(catalogue, jwks)) == sorted(lines), "sqlite: other procedures than ndjson")
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    print(f"open data: {len(faults)} faults" if faults else f"open data: {len(lines)} procedures, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    sys.exit(main(sys.argv[1]))
