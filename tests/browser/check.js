// Goes through Swagger UI as a person does, in a real browser: register, log in,
// Authorize, ask who one is.
//
// check.js ADDRESS [FOLDER]: screenshots are written where a folder is named.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, screenshots] = process.argv.slice(2);
const failures = [];
const fail = (text) => failures.push(text);

const profile = await mkdtemp(join(tmpdir(), "signet-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Debian's Chromium refuses its sandbox to root. The rest keeps the browser from
  // asking for anything by itself.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
  viewport: { width: 1100, height: 760 },
});

try {
  const page = browser.pages()[0];
  const requests = watch(page);
  await page.exposeFunction("reportViolation", (text) => fail(`the content security policy: ${text}`));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
    ),
  );

  const answer = await page.goto(`${base}/docs`);
  expectPolicy(answer.headers()["content-security-policy"]);
  await page.locator(".opblock").first().waitFor();
  await photograph("swagger-ui");

  const registered = await execute(page, "register", 201, { username: "ada", email: "ada@example.com" });
  const credentials = { username: "ada", password: registered.password };
  const { access_token: token } = await execute(page, "authenticate", 200, credentials);
  await authorize(page, token);
  const me = await execute(page, "getMe", 200);
  if (me.username !== "ada" || me.email !== "ada@example.com") fail(`/me says ${JSON.stringify(me)}`);
  await page.locator("[id$='-getMe'] .responses-inner").scrollIntoViewIfNeeded();
  await photograph("swagger-ui-me");

  for (const path of ["/docs", "/register", "/auth", "/me"]) {
    if (!requests.includes(`${base}${path}`)) fail(`${path} was not asked`);
  }
  const elsewhere = requests.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith("data:"));
  if (elsewhere.length > 0) fail(`asked elsewhere: ${elsewhere.join(" ")}`);
  console.log(`- ${requests.length} requests, all to ${base}`);

  async function photograph(name) {
    if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
} catch (error) {
  fail(String(error));
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
}
for (const failure of failures) console.error(`browser: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

// What the page asks for, and what it complains about.
function watch(page) {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => fail(`no answer from ${request.url()}: ${request.failure()?.errorText}`));
  page.on("pageerror", (error) => fail(`the page failed: ${error}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) fail(`on the console: ${message.text()}`);
  });
  return requests;
}

// That the policy holds, the browser tells; here, that it says enough.
function expectPolicy(policy) {
  if (!policy) return fail("/docs has no Content-Security-Policy");
  const directives = Object.fromEntries(
    policy.split(";").map((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
  if (directives["default-src"]?.join() !== "'none'") fail(`the policy's default is not 'none': ${policy}`);
  const scripts = directives["script-src"] ?? [];
  const loose = ["'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"];
  if (scripts.length === 0 || scripts.some((source) => loose.includes(source))) fail(`the policy lets any script run: ${policy}`);
  if (!directives["frame-ancestors"]) fail(`the policy lets others frame the page: ${policy}`);
}

// Try it out, Execute, and the answer that is shown.
async function execute(page, operation, status, body) {
  console.log(`- Try it out: ${operation}`);
  const block = page.locator(`.opblock[id$='-${operation}']`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body, null, 2));
  await block.getByRole("button", { name: "Execute" }).click();
  const live = block.locator(".live-responses-table");
  const shown = await live.locator(".response .response-col_status").first().innerText();
  const text = await live.locator(".response-col_description pre").first().innerText();
  if (!shown.startsWith(String(status))) throw new Error(`${operation}: ${shown} ${text}`);
  return JSON.parse(text);
}

async function authorize(page, token) {
  console.log("- Authorize");
  await page.locator(".auth-wrapper .authorize").first().click();
  const dialog = page.locator(".modal-ux");
  await dialog.locator("input").fill(token);
  await dialog.getByRole("button", { name: "Apply credentials" }).or(dialog.locator("button.authorize")).first().click();
  await dialog.locator("button.btn-done").click();
}
