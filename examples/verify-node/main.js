// A service with one protected route: GET /hello wants an access token of Signet's.

import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";

const issuer = process.env.ISSUER ?? "http://127.0.0.1:8080";
// The server's SIGNET_AUDIENCE: by default the issuer.
const audience = process.env.AUDIENCE ?? issuer;
// The server's SIGNET_SIGNING_ALGORITHM. The service says what it accepts. Were the
// token asked, it could say "none", or HS256 with the public key as the secret.
const algorithm = "RS256";

// The issuer's public keys, kept for as long as their Cache-Control says; jose alone
// keeps them for a fixed time. Signet publishes a key before it signs, for as long as
// caches may live, so that no rotation is noticed here.
let freshUntil = 0;
let offered;
const keySet = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
  cacheMaxAge: Infinity,
  // It does not ask again by itself: it would count from the last time that it got an
  // answer, and ask for each token while there is none.
  cooldownDuration: Infinity,
  [customFetch]: async (url, options) => {
    const asked = Date.now();
    const response = await fetch(url, options);
    if (response.ok) {
      const maxAge = /max-age=(\d+)/.exec(response.headers.get("cache-control"))?.[1] ?? 0;
      // A proxy on the way may have kept it for a part of that time already.
      offered = asked + (maxAge - (Number(response.headers.get("age")) || 0)) * 1000;
    }
    return response;
  },
});

// When it was asked for last, with or without success, and when in vain.
let lastAsked = 0;
let lastFailed = 0;

async function reload() {
  lastAsked = Date.now();
  try {
    await keySet.reload();
  } catch (error) {
    lastFailed = Date.now();
    throw error;
  }
  // Not before it is known to have been a key set.
  freshUntil = offered;
}

async function keyOf(header, token) {
  if (Date.now() >= freshUntil) {
    if (Date.now() - lastFailed < 1000) throw new Error("there was no key set just now");
    await reload();
  }
  try {
    return await keySet(header, token);
  } catch (error) {
    // A key id that is unknown makes it ask again, at most once in 30 seconds: tokens
    // with made-up ids cannot make this service flood Signet.
    const mayAsk = error instanceof errors.JWKSNoMatchingKey && Date.now() - lastAsked >= 30_000;
    if (!mayAsk) throw error;
    await reload();
    return keySet(header, token);
  }
}

function refuse(c, challenge) {
  return c.json({ error: "unauthorized" }, 401, { "WWW-Authenticate": challenge });
}

// Lets a request through when its access token is right, and keeps the claims.
async function authenticate(c, next) {
  const [, token] = /^bearer +(.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  if (!token) return refuse(c, "Bearer");
  try {
    // The signature is checked, with a key that the issuer publishes and nobody else:
    // what the header says of keys (jku, jwk, x5u) is not read.
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [algorithm],
      // A token of another server, or for another service, is refused here.
      issuer,
      audience,
      // Another JWT of the same server, made for another purpose, is no access token.
      typ: "at+jwt",
      // A token that lacks a claim would otherwise pass that claim's check.
      requiredClaims: ["sub", "exp"],
      // The clocks of two machines differ by some seconds.
      clockTolerance: 10,
    });
    c.set("claims", payload);
  } catch (error) {
    if (isRefusal(error)) return refuse(c, 'Bearer error="invalid_token"');
    // There is no key set, so nobody can tell whether the token is right: that is
    // not the client's fault.
    console.error(error);
    return c.json({ error: "unavailable" }, 503, { "Retry-After": "1" });
  }
  await next();
}

// Whether it is the token that is wrong. Of jose's own errors, the key set's are not.
function isRefusal(error) {
  const ofKeySet = [errors.JWKSTimeout, errors.JWKSInvalid].some((kind) => error instanceof kind);
  return error instanceof errors.JOSEError && error.code !== "ERR_JOSE_GENERIC" && !ofKeySet;
}

const app = new Hono();

app.get("/hello", authenticate, (c) => {
  const claims = c.get("claims");
  // Users have a name; a service client's token has its id as subject alone.
  return c.json({ hello: claims.preferred_username ?? claims.sub });
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT ?? 3000) });
