#!/usr/bin/env node
// Signs a batch and uploads it: upload.mjs BATCH KEYFILE URL. Needs nothing but Node 18 or later.
// Prints the receipt and ends with 0, or the problem with 1. After a failure of the network the same may be done
// again: a batch that had arrived gets its first receipt.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";

const [path, keyPath, url] = process.argv.slice(2);
if (!url) {
  console.error("usage: upload.mjs BATCH KEYFILE URL");
  process.exit(2);
}
const batch = await readFile(path);
const key = JSON.parse(await readFile(keyPath, "utf8"));

// A detached JWS over the exact bytes: what is signed is the header, a dot, and the batch.
const header = { alg: "HS256", kid: key.kid, b64: false, crit: ["b64"] };
const head = Buffer.from(JSON.stringify(header)).toString("base64url");
const tag = createHmac("sha256", Buffer.from(key.k, "base64url"))
  .update(`${head}.`)
  .update(batch)
  .digest("base64url");

const answer = await fetch(`${url}/v1/batches`, {
  method: "POST",
  headers: {
    "Content-Type": path.endsWith(".csv") ? "text/csv" : "application/x-ndjson",
    "Settled-Signature": `${head}..${tag}`,
  },
  body: batch,
});
console.log(await answer.text());
process.exitCode = answer.status === 200 || answer.status === 201 ? 0 : 1;
