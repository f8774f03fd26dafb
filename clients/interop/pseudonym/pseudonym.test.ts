// The repository's vectors of pseudonyms and matching (privacy/psi/testdata/interop.json) against an implementation over noble that
// follows the documentation, RFC 9497 and RFC 9496.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex as hex, concatBytes as concat, hexToBytes as unhex, utf8ToBytes as utf8 } from "@noble/hashes/utils.js";
import { readText } from "../testdata.js";

interface Vectors {
  secret: string; session: string; seed: string; kind: number; epoch: number; items: string[]; server_items: string[]; public: string;
  pseudonyms: string[]; blinded: string[]; root: string; request_hash: string; evaluated: string[]; proof: string; tags: string[];
  size_tags: string[]; matches: number[]; transcript: string;
}

const v = JSON.parse(readText("privacy/psi/testdata/interop.json")) as Vectors;
const Point = ristretto255.Point;
type Element = InstanceType<typeof Point>;
const order = Point.Fn.ORDER;
const context = concat(utf8("OPRFV1-"), Uint8Array.of(1), utf8("-ristretto255-SHA512"));

const big = (n: number, bytes: number): Uint8Array => {
  const out = new Uint8Array(bytes);
  for (let i = bytes - 1; i >= 0; i--, n = Math.floor(n / 256)) out[i] = n % 256;
  return out;
};
const little = (bytes: Uint8Array): bigint => bytes.reduceRight((n, b) => (n << 8n) | BigInt(b), 0n);
const join = (...parts: Uint8Array[]): Uint8Array => concat(...parts.flatMap((p) => [big(p.length, 4), p]));
const short = (p: Uint8Array): Uint8Array => concat(big(p.length, 2), p);
const toGroup = (input: Uint8Array): Element =>
  ristretto255_hasher.hashToCurve(input, { DST: concat(utf8("HashToGroup-"), context) }) as Element;
const toScalar = (input: Uint8Array): bigint =>
  ristretto255_hasher.hashToScalar(input, { DST: concat(utf8("HashToScalar-"), context) });
const finalize = (input: Uint8Array, element: Element): Uint8Array =>
  sha512(concat(short(input), short(element.toBytes()), utf8("Finalize")));
const invert = (n: bigint): bigint => Point.Fn.inv(n);

const secret = little(unhex(v.secret));
const session = unhex(v.session);
const item = (text: string): Uint8Array => join(utf8("creditd/match/item/v1"), session, utf8(text));
const blind = (i: number): bigint =>
  little(hmac(sha512, unhex(v.seed), concat(utf8("creditd/oprf/blind/v1"), big(i, 4)))) % order;

suite("pseudonyms and matching", () => {
  test("public key", () => assert.equal(hex(Point.BASE.multiply(secret).toBytes()), v.public));

  test("pseudonyms", () => {
    v.items.forEach((identity, i) => {
      const input = join(utf8("creditd/pseudonym/input/v2"), Uint8Array.of(v.kind), utf8(identity));
      const output = finalize(input, toGroup(input).multiply(secret));
      assert.equal(hex(sha256(join(utf8("creditd/pseudonym/v2"), big(v.epoch, 8), output))), v.pseudonyms[i]);
    });
  });

  test("blinded elements, their commitments and evaluations", () => {
    const blinded = v.items.map((text, i) => toGroup(item(text)).multiply(blind(i)));
    assert.deepEqual(blinded.map((e) => hex(e.toBytes())), v.blinded);
    assert.deepEqual(blinded.map((e) => hex(e.multiply(secret).toBytes())), v.evaluated);
    const all = concat(...blinded.map((e) => e.toBytes()));
    assert.equal(hex(sha256(concat(join(utf8("creditd/evaluation/v1")), big(blinded.length, 4), all))), v.request_hash);
    const leaves = blinded.map((e, i) => sha256(concat(Uint8Array.of(0), big(i, 4), e.toBytes())));
    const node = (l: Uint8Array, r: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(1), l, r));
    assert.equal(hex(node(node(leaves[0]!, leaves[1]!), leaves[2]!)), v.root);
  });

  test("proof (RFC 9497, s. 2.2.2)", () => {
    const [c, s] = [little(unhex(v.proof).slice(0, 32)), little(unhex(v.proof).slice(32))];
    const seed = sha512(concat(short(unhex(v.public)), short(concat(utf8("Seed-"), context))));
    let [m, z] = [Point.ZERO, Point.ZERO];
    v.blinded.forEach((b, i) => {
      const d = toScalar(concat(short(seed), big(i, 2), short(unhex(b)), short(unhex(v.evaluated[i]!)), utf8("Composite")));
      m = m.add(Point.fromHex(b).multiply(d));
      z = z.add(Point.fromHex(v.evaluated[i]!).multiply(d));
    });
    const t2 = Point.BASE.multiply(s).add(Point.fromHex(v.public).multiply(c));
    const t3 = m.multiply(s).add(z.multiply(c));
    const parts = [unhex(v.public), m.toBytes(), z.toBytes(), t2.toBytes(), t3.toBytes()];
    assert.equal(toScalar(concat(...parts.map(short), utf8("Challenge"))), c);
  });

  test("tags, matches and transcript", () => {
    const tag = (domain: string, of: Uint8Array): string => hex(sha256(join(utf8(domain), session, of)).slice(0, 16));
    const tags = v.server_items.map((text) => tag("creditd/match/tag/v1", finalize(item(text), toGroup(item(text)).multiply(secret)))).sort();
    assert.deepEqual(tags, v.tags);
    const sizes = v.server_items.map((text) => tag("creditd/match/size/v1", toGroup(item(text)).multiply(secret).toBytes())).sort();
    assert.deepEqual(sizes, v.size_tags);
    const matches = v.evaluated.flatMap((e, i) => {
      const unblinded = Point.fromHex(e).multiply(invert(blind(i)));
      return tags.includes(tag("creditd/match/tag/v1", finalize(item(v.items[i]!), unblinded))) ? [i] : [];
    });
    assert.deepEqual(matches, v.matches);
    const transcript = sha256(join(
      utf8("creditd/match/transcript/v1"), session, Uint8Array.of(0), big(v.items.length, 4), unhex(v.root), unhex(v.public),
      concat(...v.evaluated.map(unhex)), concat(...v.tags.map(unhex))));
    assert.equal(hex(transcript), v.transcript);
  });
});
