// Shared secrets: privacy/threshold/README.md.
import { utf8 } from "../commitment/bytes.js";
import { combine, G, inverse, mod, Reader, type Element } from "../sums/group.js";
import { Transcript } from "../sums/transcript.js";

export interface Sharing {
  context: Uint8Array;
  threshold: number;
  recipients: { index: number; key: Element }[];
}

export interface Dealing {
  commitments: Element[];
  ephemeral: Element;
  encrypted: bigint[];
}

/** lagrange are the factors at zero of shares at these indices. */
export function lagrange(indices: number[]): bigint[] {
  return indices.map((x) =>
    indices.filter((y) => y !== x).reduce((factor, y) => mod(factor * BigInt(y) * inverse(BigInt(y - x))), 1n),
  );
}

function requireChallenge(t: Transcript, challenge: bigint): void {
  if (t.scalar("challenge") !== challenge) throw new Error("the proof does not hold");
}

/** verifyDLEQ throws unless public = s*G and value = s*base for one s. */
export function verifyDLEQ(t: Transcript, pub: Element, base: Element, value: Element, proof: Uint8Array): void {
  const reader = new Reader(proof, 64);
  const [challenge, response] = [reader.scalar(), reader.scalar()];
  t.append("proof", utf8("dleq"));
  t.append("public", pub.toBytes());
  t.append("base", base.toBytes());
  t.append("value", value.toBytes());
  t.append("first commitment", combine([response, G], [-challenge, pub]).toBytes());
  t.append("second commitment", combine([response, base], [-challenge, value]).toBytes());
  requireChallenge(t, challenge);
}

function absorb(t: Transcript, s: Sharing, dealer: number): void {
  t.append("context", s.context);
  t.number("threshold", BigInt(s.threshold));
  t.number("recipients", BigInt(s.recipients.length));
  for (const r of s.recipients) {
    t.number("index", BigInt(r.index));
    t.append("transport key", r.key.toBytes());
  }
  t.number("dealer", BigInt(dealer));
}

/** verifyDealing reads a dealing and throws unless its dealer signed all of it. */
export function verifyDealing(s: Sharing, dealer: number, content: Uint8Array): Dealing {
  const [k, n] = [s.threshold, s.recipients.length];
  if (content[0] !== 1 || content[1] !== k || content[2] !== n) throw new Error("another version, threshold or number");
  const reader = new Reader(content.slice(3), 32 * (k + 1 + n + 3));
  const commitments = Array.from({ length: k }, () => reader.point());
  const d = { commitments, ephemeral: reader.point(), encrypted: Array.from({ length: n }, () => reader.scalar()) };
  const [challenge, first, second] = [reader.scalar(), reader.scalar(), reader.scalar()];
  const t = new Transcript("creditd/threshold/dealing/v1");
  absorb(t, s, dealer);
  for (const p of d.commitments) t.append("commitment", p.toBytes());
  t.append("ephemeral", d.ephemeral.toBytes());
  for (let i = 0; i < n; i++) t.append("encrypted", content.slice(3 + 32 * (k + 1 + i), 3 + 32 * (k + 2 + i)));
  const points = [d.commitments[0]!, d.ephemeral];
  t.number("secrets", 2n);
  for (const p of points) t.append("point", p.toBytes());
  [first, second].forEach((z, i) => t.append("commitment", combine([z, G], [-challenge, points[i]!]).toBytes()));
  requireChallenge(t, challenge);
  return d;
}

/** publicShare is the value of the polynomial at an index, times the generator. */
export function publicShare(d: Dealing, index: number): Element {
  return combine(...d.commitments.map((p, k): [bigint, Element] => [BigInt(index) ** BigInt(k), p]));
}

/** decrypt returns the share at an index, given what dealer and recipient have in common, and whether it is right. */
export function decrypt(s: Sharing, dealer: number, d: Dealing, index: number, common: Element): { share: bigint; right: boolean } {
  const at = s.recipients.findIndex((r) => r.index === index);
  const t = new Transcript("creditd/threshold/pad/v1");
  absorb(t, s, dealer);
  t.number("recipient", BigInt(index));
  t.append("ephemeral", d.ephemeral.toBytes());
  t.append("common", common.toBytes());
  const share = mod(d.encrypted[at]! - t.scalar("pad"));
  return { share, right: combine([share, G]).equals(publicShare(d, index)) };
}

/** judge tells whether a complaint is right; it throws if the complaint proves nothing. */
export function judge(s: Sharing, dealer: number, d: Dealing, index: number, common: Uint8Array, proof: Uint8Array): boolean {
  const point = new Reader(common, 32).point();
  const t = new Transcript("creditd/threshold/complaint/v1");
  absorb(t, s, dealer);
  t.number("complainer", BigInt(index));
  verifyDLEQ(t, s.recipients.find((r) => r.index === index)!.key, d.ephemeral, point, proof);
  return !decrypt(s, dealer, d, index, point).right;
}
