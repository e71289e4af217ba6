// Goes through what an application does with Signet, and stops at the first
// surprise with exit code 1.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { components } from "./signet.js";
import { Session, anonymous, type Problem } from "./session.js";

const url = process.env["AUTH_URL"] ?? "http://127.0.0.1:8080";
const admin = process.env["AUTH_ADMIN"];
const adminPassword = process.env["AUTH_ADMIN_PASSWORD"];
if (!admin || !adminPassword) {
  console.error("set AUTH_ADMIN and AUTH_ADMIN_PASSWORD to an admin's username and password");
  process.exit(2);
}

const api = anonymous(url);
const username = `ada-${randomUUID().slice(0, 8)}`;
const account = { username, email: `${username}@example.com` };

console.log("- register");
const { data: registered, error: refused } = await api.POST("/register", { body: account });
if (!registered) throw new Error(`cannot register: ${refused.code}`);
assert.equal(registered.username, username);
const password = registered.password;
assert.ok(password, "the server makes a password when none is chosen");

console.log("- a problem arrives with its type");
const taken = await api.POST("/register", { body: account });
assert.equal(taken.response.status, 409);
assert.equal(problem(taken.error).code, "username_taken");
const invalid = await api.POST("/register", { body: { username: "a", email: "none" } });
assert.equal(invalid.response.status, 400);
const fields = problem(invalid.error).errors?.map((error) => error.field);
assert.deepEqual(fields, ["username", "email"]);

console.log("- log in");
const session = await Session.logIn(url, username, password);

console.log("- who am I?");
const { data: me } = await session.api.GET("/me");
assert.equal(me?.id, registered.id);
assert.equal(me.status, "active");
// Null, not absent: nobody gave the account a name.
assert.equal(me.display_name, null);

console.log("- refresh");
const before = session.tokens;
// Two callers at once share one exchange.
await Promise.all([session.refresh(), session.refresh()]);
assert.notEqual(session.tokens.access, before.access);
assert.notEqual(session.tokens.refresh, before.refresh);

console.log("- my sessions");
const { data: sessions } = await session.api.GET("/me/sessions");
assert.equal(sessions?.items.length, 1);
assert.equal(sessions.items[0]?.current, true);
assert.equal(sessions.next_cursor, null);

console.log("- an admin reads all accounts, page by page");
const office = await Session.logIn(url, admin, adminPassword);
const made = await office.api.POST("/admin/users", {
  body: { username: `grace-${randomUUID().slice(0, 8)}`, email: `${randomUUID()}@example.com` },
});
assert.equal(made.response.status, 201);
const names: string[] = [];
let pages = 0;
for await (const page of accounts(office)) {
  pages += 1;
  assert.ok(page.length <= 2);
  names.push(...page.map((account) => account.username));
}
assert.ok(pages >= 2 && names.includes(username) && names.includes(admin), `${pages}: ${names}`);
assert.equal(new Set(names).size, names.length);

console.log("- a user is no admin");
const forbidden = await session.api.GET("/admin/users");
assert.equal(forbidden.response.status, 403);
assert.equal(problem(forbidden.error).code, "not_an_admin");

console.log("- whoever asks too often is told when to come back");
const wait = await untilRefused(username);
assert.ok(Number.isInteger(wait) && wait >= 1, `${wait}`);

console.log("- log out");
const out = await session.api.POST("/logout");
assert.equal(out.response.status, 204);
const over = await session.api.GET("/me");
assert.equal(over.response.status, 401);
assert.equal(problem(over.error).code, "invalid_token");

console.log("all of it works");

/** The problem that an answer must hold. */
function problem(error: Problem | undefined): Problem {
  assert.ok(error, "the request was not refused");
  assert.equal(error.type, "about:blank");
  assert.ok(error.request_id);
  return error;
}

/** All accounts, in pages of two. */
async function* accounts(office: Session): AsyncGenerator<components["schemas"]["Account"][]> {
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 2 } : { limit: 2, cursor };
    const { data, error } = await office.api.GET("/admin/users", { params: { query } });
    if (!data) throw new Error(`cannot list accounts: ${error.code}`);
    yield data.items;
    cursor = data.next_cursor;
  } while (cursor !== null);
}

/** Guesses a password until the server has enough, and returns for how many seconds. */
async function untilRefused(username: string): Promise<number> {
  for (let guess = 0; guess < 30; guess += 1) {
    const body = { username, password: `guess ${guess}` };
    const { error, response } = await api.POST("/auth", { body });
    if (response.status === 429) {
      assert.ok(["rate_limited", "account_throttled"].includes(problem(error).code));
      return Number(response.headers.get("Retry-After"));
    }
    assert.equal(response.status, 401);
    assert.equal(problem(error).code, "invalid_credentials");
  }
  throw new Error("nobody stops the guessing");
}
