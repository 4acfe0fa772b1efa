// The documentation page in a real browser: it shows the operations, asks no other host for anything, and
// writes no error to the console. Usage: KSTT_URL=… browser.mjs CONTRACT SCREENSHOT
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const url = process.env.KSTT_URL ?? assert.fail("KSTT_URL is not set");
const [contractFile, screenshot] = process.argv.slice(2);
const origin = new URL(url).origin;
const paths = Object.keys(JSON.parse(readFileSync(contractFile, "utf8")).paths);
const mustShow = ["/v1/units", "/v1/procedures", "/v1/auth/token"];

const executablePath = [process.env.KSTT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path && existsSync(path),
);
assert.ok(executablePath, "no chromium");

const asked = [];
const strangers = [];
const complaints = [];
const isOurs = (address) => address.startsWith("data:") || address.startsWith("blob:") || new URL(address).origin === origin;

// path templates are shown with zero-width spaces (or nothing at all) between their segments
const shown = async (page) => (await page.locator("body").innerText()).replace(/[\u200b\u00ad\u2060]/g, "");

const profile = mkdtempSync(join(tmpdir(), "kstt-chromium-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  viewport: { width: 1280, height: 1600 },
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server",
    // whatever tries to leave fails at once instead of reaching for the network
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});
try {
  await context.route("**/*", async (route) => {
    const address = route.request().url();
    asked.push(address);
    if (isOurs(address)) return route.continue();
    strangers.push(address);
    return route.abort();
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on("websocket", (socket) => strangers.push(socket.url()));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()} ${message.location().url ?? ""}`);
  });
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });

  const answer = await page.goto(`${url}/docs`, { waitUntil: "load", timeout: 60_000 });
  assert.ok(answer?.ok(), `/docs answered ${answer?.status()}`);
  let text = "";
  const until = Date.now() + 30_000;
  do {
    text = await shown(page);
    if (mustShow.every((path) => text.includes(path))) break;
    await page.waitForTimeout(200);
  } while (Date.now() < until);
  await page.waitForTimeout(500);
  await page.screenshot({ path: screenshot, fullPage: false });

  assert.deepEqual(strangers, [], "the page asked other hosts");
  assert.deepEqual(complaints, [], "the page complained");
  const missing = mustShow.filter((path) => !text.includes(path));
  assert.deepEqual(missing, [], `not on the page; it begins: ${text.slice(0, 400)}`);
  const visible = paths.filter((path) => text.includes(path)).length;
  console.log(`docs page: ${visible} of ${paths.length} paths shown, ${asked.length} requests, all to ${origin}`);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
