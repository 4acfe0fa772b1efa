// What a front-end team does on its first day, with types generated from the contract and nothing else of ours.
// Compiling it proves that the contract can be typed; running it proves that a live server keeps to it.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "contract";

type Account = { username: string; password: string; role: string; unit?: string };

const baseUrl = process.env["KSTT_URL"] ?? assert.fail("KSTT_URL is not set");
const account = JSON.parse(process.env["KSTT_ACCOUNT"] ?? assert.fail("KSTT_ACCOUNT is not set")) as Account;

const anonymous = createClient<paths>({ baseUrl });

async function logIn() {
  const { data, response } = await anonymous.POST("/v1/auth/token", {
    body: {
      grant_type: "password",
      username: account.username,
      password: account.password,
      ...(account.unit === undefined ? {} : { unit: account.unit }),
    },
  });
  assert.ok(data, `log in: ${response.status}`);
  assert.equal(data.token_type, "Bearer");
  assert.ok(data.expires_in > 0 && data.expires_in <= 900, "an access token lives at most 15 minutes");
  assert.ok(data.refresh_token, "a password grant brings a refresh token");
  return { access: data.access_token, refresh: data.refresh_token };
}

function withToken(token: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
}
type Client = ReturnType<typeof withToken>;

/** Two pages of two, without overlap; returns the first unit's code. */
async function pageThroughUnits(api: Client): Promise<string> {
  const first = await api.GET("/v1/units", { params: { query: { limit: 2 } } });
  assert.ok(first.data, `units: ${first.response.status}`);
  assert.equal(first.data.items.length, 2);
  const cursor = first.data.next_cursor;
  assert.ok(cursor, "there are more than two units, so the first page names the next");

  const second = await api.GET("/v1/units", { params: { query: { limit: 2, cursor } } });
  assert.ok(second.data, `units, page 2: ${second.response.status}`);
  assert.ok(second.data.items.length >= 1);
  const seen = new Set(first.data.items.map((unit) => unit.code));
  for (const unit of second.data.items) assert.ok(!seen.has(unit.code), `${unit.code} is on both pages`);
  return first.data.items[0]?.code ?? assert.fail();
}

async function readConditionally(api: Client, code: string) {
  const fresh = await api.GET("/v1/units/{code}", { params: { path: { code } } });
  assert.ok(fresh.data, `unit ${code}: ${fresh.response.status}`);
  assert.equal(fresh.data.code, code);
  const etag = fresh.response.headers.get("ETag");
  assert.match(etag ?? "", /^"[^"]+"$/, "a single read carries a strong ETag");

  const again = await api.GET("/v1/units/{code}", {
    params: { path: { code } },
    headers: { "If-None-Match": etag },
  });
  assert.equal(again.response.status, 304);
  assert.equal(again.response.headers.get("ETag"), etag, "304 repeats the ETag");
}

async function search(api: Client) {
  const { data, response } = await api.GET("/v1/procedures", { params: { query: { q: "khai sinh" } } });
  assert.ok(data, `search: ${response.status}`);
  assert.ok(data.items.length > 0, "the demo registry knows birth registration");
  assert.match(JSON.stringify(data.items[0]).toLowerCase().normalize("NFC"), /khai sinh/);
}

async function meetAProblem(api: Client) {
  const { error, response } = await api.GET("/v1/units/{code}", { params: { path: { code: "khong-co" } } });
  assert.equal(response.status, 404);
  assert.match(response.headers.get("Content-Type") ?? "", /^application\/problem\+json/);
  assert.ok(error, "a 404 has a body");
  assert.equal(error.status, 404);
  assert.match(error.code, /^[a-z0-9_.]+$/, "the code is stable and machine-readable");
}

/** Rotation: the new pair works, the old refresh token is spent. */
async function refresh(refreshToken: string) {
  const body = { grant_type: "refresh_token" as const, refresh_token: refreshToken };
  const { data, response } = await anonymous.POST("/v1/auth/token", { body });
  assert.ok(data, `refresh: ${response.status}`);
  assert.notEqual(data.refresh_token, refreshToken, "a refresh rotates the refresh token");

  const works = await withToken(data.access_token).GET("/v1/units", { params: { query: { limit: 1 } } });
  assert.ok(works.data, `with the new token: ${works.response.status}`);

  const reuse = await anonymous.POST("/v1/auth/token", { body });
  assert.ok([400, 401, 403].includes(reuse.response.status), `a spent refresh token answered ${reuse.response.status}`);
}

const tokens = await logIn();
const api = withToken(tokens.access);
const code = await pageThroughUnits(api);
await readConditionally(api, code);
await search(api);
await meetAProblem(api);
await refresh(tokens.refresh);
console.log(`typed client: log in, two pages, 304, search, problem, refresh as ${account.username}: ok`);
