// Submissions, shares and results of rounds: privacy/exposure/README.md.
import { join, utf8 } from "../commitment/bytes.js";
import { combine, element, G, H, inverse, mod, Reader, type Element } from "./group.js";
import * as rangeproof from "./rangeproof.js";
import { little, Transcript } from "./transcript.js";

export interface Round {
  chainID: string; id: Uint8Array; kind: number; scope: Uint8Array; cohort: Uint8Array; epoch: bigint;
  key: Uint8Array; asker: Uint8Array; askerKey: Uint8Array; expiry: bigint;
}

const bitsOf = (kind: number): number => (kind === 2 ? 1 : 40);

function begin(round: Round, domain: string, member: Uint8Array): Transcript {
  const t = new Transcript(domain);
  t.append("chain", utf8(round.chainID));
  t.append("round", round.id);
  t.number("kind", BigInt(round.kind));
  t.append("scope", round.scope);
  t.append("cohort", round.cohort);
  t.number("epoch", round.epoch);
  t.append("key", round.key);
  t.append("asker", round.asker);
  t.append("asker key", round.askerKey);
  t.number("expiry", round.expiry);
  t.append("member", member);
  return t;
}

/** verifySubmission throws, or returns the ciphertext. */
export function verifySubmission(round: Round, member: Uint8Array, attested: Uint8Array, submission: Uint8Array): Uint8Array {
  const linked = round.kind === 1;
  const bits = bitsOf(round.kind);
  const r = new Reader(submission, 96 + (linked ? 160 : 128) + rangeproof.size(bits));
  const [C1, C2, V] = [r.point(), r.point(), r.point()];
  const [e, sR, sV, sQ] = [r.scalar(), r.scalar(), r.scalar(), r.scalar()];
  const sD = linked ? r.scalar() : 0n;
  const K = element(round.key);
  const t = begin(round, "creditd/exposure/submission/v1", member);
  t.append("P", attested);
  t.append("C1", C1.toBytes());
  t.append("C2", C2.toBytes());
  t.append("V", V.toBytes());
  t.append("T1", combine([sR, G], [-e, C1]).toBytes());
  t.append("T2", combine([sV, G], [sR, K], [-e, C2]).toBytes());
  t.append("TV", combine([sV, G], [sQ, H], [-e, V]).toBytes());
  if (linked) t.append("TD", combine([sD, H], [-e, V], [e, element(attested)]).toBytes());
  if (t.scalar("e") !== e) throw new Error("ciphertext, commitment and what was attested are not of one number");
  const at = (i: number): Uint8Array => submission.slice(32 * i, 32 * i + 32);
  t.append("sR", at(4));
  t.append("sV", at(5));
  t.append("sQ", at(6));
  if (linked) t.append("sD", at(7));
  rangeproof.verify(V, bits, r.take(rangeproof.size(bits)), t);
  return submission.slice(0, 64);
}

export function add(a: Uint8Array, b: Uint8Array): Uint8Array {
  return join(...[0, 32].map((at) => element(a.slice(at, at + 32)).add(element(b.slice(at, at + 32))).toBytes()));
}

/** verifyShare throws, or returns U and W. */
export function verifyShare(
  round: Round, member: Uint8Array, sum: Uint8Array, publicShare: Uint8Array, share: Uint8Array,
): [Element, Element] {
  const r = new Reader(share, 160);
  const [U, W, e, sX, sK] = [r.point(), r.point(), r.scalar(), r.scalar(), r.scalar()];
  const t = begin(round, "creditd/exposure/share/v1", member);
  t.append("sum", sum);
  t.append("public share", publicShare);
  t.append("U", U.toBytes());
  t.append("W", W.toBytes());
  t.append("TX", combine([sX, G], [-e, element(publicShare)]).toBytes());
  t.append("TK", combine([sK, G], [-e, U]).toBytes());
  t.append("TW", combine([sX, element(sum.slice(0, 32))], [sK, element(round.askerKey)], [-e, W]).toBytes());
  if (t.scalar("e") !== e) throw new Error("the share does not verify");
  return [U, W];
}

/** result of shares by index. */
export function result(sum: Uint8Array, shares: [number, Element, Element][]): Uint8Array {
  let u = element(new Uint8Array(32));
  let w = u;
  for (const [index, U, W] of shares) {
    let factor = 1n;
    for (const [other] of shares) {
      if (other !== index) factor = mod(factor * BigInt(other) * inverse(BigInt(other - index)));
    }
    u = u.add(combine([factor, U]));
    w = w.add(combine([factor, W]));
  }
  return join(u.negate().toBytes(), element(sum.slice(32)).subtract(w).toBytes());
}

/** opensTo says whether the result is of that total. */
export function opensTo(secret: Uint8Array, encrypted: Uint8Array, total: bigint): boolean {
  const point = element(encrypted.slice(32)).subtract(combine([little(secret), element(encrypted.slice(0, 32))]));
  return point.equals(combine([total, G]));
}
