// A small Fediverse server on fedify that tests federate with and command.
//
//   node peer.mjs --port 0 --user alice --first-knock rfc9421
//
// Its first line on stdout is {"ready":true,"origin":"http://localhost:PORT"}.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { configure } from "@logtape/logtape";
import { Refused, perform } from "./actions.mjs";
import { createPeer, inspect } from "./federation.mjs";
import { Store, User } from "./store.mjs";

const SCHEMES = ["rfc9421", "draft-cavage-http-signatures-12"];
const LARGEST = 1024 * 1024;

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    user: { type: "string", multiple: true, default: ["alice"] },
    manual: { type: "boolean", default: false },
    attached: { type: "boolean", default: false },
    "first-knock": { type: "string", default: SCHEMES[0] },
    "only-accept": { type: "string" },
  },
});
for (const scheme of [options["first-knock"], options["only-accept"] ?? SCHEMES[0]]) {
  if (!SCHEMES.includes(scheme)) throw new Error(`unknown signature scheme: ${scheme}`);
}

const store = new Store();
for (const name of options.user) {
  const rsa = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const keys = [rsa, "Ed25519"].map((kind) => crypto.subtle.generateKey(kind, true, ["sign", "verify"]));
  const user = new User(name, await Promise.all(keys));
  user.manual = options.manual;
  store.users.set(name, user);
}

// fedify explains a refused signature only in its debug messages.
const explains = ({ category, level, rawMessage }) =>
  ["error", "fatal"].includes(level) || (category.includes("sig") && String(rawMessage).startsWith("Failed to verify"));
await configure({
  sinks: { store: (entry) => store.fail(entry.message.map((part) => (typeof part === "string" ? part : describe(part))).join("")) },
  filters: { explains },
  loggers: [
    { category: "fedify", sinks: ["store"], filters: ["explains"], lowestLevel: "debug" },
    { category: ["logtape", "meta"], sinks: ["store"], lowestLevel: "error" },
  ],
});

function describe(value) {
  return value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value);
}

const publicKeys = new Map();
const keyCache = {
  get: async (uri) => publicKeys.get(uri.href),
  set: async (uri, key) => void (key == null ? publicKeys.delete(uri.href) : publicKeys.set(uri.href, key)),
};

/** What a request looks like from outside: its scheme and what it says it holds. */
function describeRequest(request) {
  const { headers } = request;
  const scheme = headers.has("signature-input") ? SCHEMES[0] : headers.has("signature") ? SCHEMES[1] : null;
  return {
    method: request.method,
    path: new URL(request.url).pathname,
    scheme,
    contentType: headers.get("content-type"),
    accept: headers.get("accept"),
    userAgent: headers.get("user-agent"),
    status: null,
  };
}

/** Serves the Fediverse. Unlike fedify alone, wants a good HTTP signature on every POST. */
async function serve(request) {
  const seen = describeRequest(request);
  store.requests.push(seen);
  const response = await respond(request, seen);
  seen.status = response.status;
  return response;
}

async function respond(request, seen) {
  const text = (status, message) => new Response(message, { status, headers: { "Content-Type": "text/plain" } });
  if (request.method === "POST") {
    Object.assign(seen, await inspect(federation, store, request, keyCache));
    if (options["only-accept"] && seen.scheme !== options["only-accept"]) return text(401, "Sign with the other scheme.");
    if (seen.signature !== "verified") return text(401, `The HTTP signature is not good: ${seen.signature}.`);
  }
  if (store.notes.get(request.url)?.deleted) return text(410, "Gone.");
  return await federation.fetch(request, { contextData: undefined });
}

async function control(request) {
  const { pathname, searchParams } = new URL(request.url);
  const verb = pathname.slice("/control/".length);
  try {
    if (request.method === "GET" && verb === "state") return Response.json(store.state(store.user(searchParams.get("as"))));
    if (request.method !== "POST") throw new Refused("use POST");
    const body = await request.text();
    const ctx = federation.createContext(new URL(origin), undefined);
    return Response.json({ ok: true, ...(await perform(verb, ctx, store, body ? JSON.parse(body) : {})) });
  } catch (error) {
    const status = error.statusCode ?? error.response?.status ?? null;
    store.fail(`${verb}: ${error instanceof Refused || status != null ? error.message : error.stack}`);
    return Response.json({ ok: false, error: error.message, status }, { status: 422 });
  }
}

async function handle(incoming, outgoing) {
  const chunks = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > LARGEST) return outgoing.writeHead(413, { Connection: "close" }).end();
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) for (const value of values) headers.append(name, value);
  const body = ["GET", "HEAD"].includes(incoming.method) ? undefined : Buffer.concat(chunks);
  const request = new Request(new URL(incoming.url, `http://${incoming.headers.host}`), { method: incoming.method, headers, body });
  const response = await (incoming.url.startsWith("/control/") ? control(request) : serve(request));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const server = createServer((incoming, outgoing) => {
  handle(incoming, outgoing).catch((error) => {
    store.fail(`server: ${error.stack}`);
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.end();
  });
});
await new Promise((resolve) => server.listen(Number(options.port), "127.0.0.1", resolve));
const origin = `http://localhost:${server.address().port}`;
const federation = createPeer({ store, origin, firstKnock: options["first-knock"] });
// With --attached the peer ends with the program that holds its standard input.
if (options.attached) process.stdin.on("end", () => process.exit()).resume();
process.stdout.write(`${JSON.stringify({ ready: true, origin })}\n`);
