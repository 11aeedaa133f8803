// A person in front of a browser: signs in, chooses as whom an app acts, and says yes.

import { crc32, deflateSync } from "node:zlib";

const hidden = (page) => {
  const main = page.split("<main")[1];
  const found = main.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const plain = (text) =>
    text.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10))).replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  return Object.fromEntries([...found].map(([, name, value]) => [name, plain(value)]));
};

/** Follows the address that an app shows, and answers the code to copy into the app. */
export async function letsIn(address, name, password, actsAs) {
  const { origin } = new URL(address);
  let cookie = "";
  const open = async (path, fields) => {
    for (let hops = 0; hops < 6; hops += 1) {
      const how = { redirect: "manual", headers: { cookie, accept: "text/html" } };
      const answer = await fetch(new URL(path, origin), fields ? { ...how, method: "POST", body: new URLSearchParams(fields) } : how);
      const [kept] = answer.headers.getSetCookie();
      if (kept) cookie = kept.split(";")[0];
      if (answer.status !== 303 && answer.status !== 302) return { address: new URL(path, origin), text: await answer.text() };
      [path, fields] = [answer.headers.get("location"), undefined];
    }
    throw new Error(`sent on too often, at last to ${path}`);
  };
  let page = await open(address);
  page = await open("/sign-in", { ...hidden(page.text), name, password });
  const choice = new RegExp(`name="act_as" value="(\\d+)"(?:(?!</label>)[^])*@${actsAs}@`).exec(page.text);
  page = await open("/oauth/authorize", { ...hidden(page.text), act_as: choice[1], decision: "allow" });
  return page.address.searchParams.get("code");
}

/** Waits until something is true, for at most half a minute. */
export async function until(what, happened) {
  const patience = Date.now() + 30_000;
  while (!(await happened())) {
    if (Date.now() > patience) throw new Error(`this did not happen: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** The bytes of a small picture (PNG). */
export const picture = (() => {
  const chunk = (kind, data) => {
    const said = Buffer.concat([Buffer.from(kind, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(said));
    return Buffer.concat([length, said, sum]);
  };
  // 8 by 6, with three colours of eight bits.
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 6, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array(6).fill(Buffer.concat([Buffer.from([0]), Buffer.alloc(24, 0x80)])));
  const begin = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([begin, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
})();
