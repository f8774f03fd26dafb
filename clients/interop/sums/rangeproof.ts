// Bulletproofs of one value: privacy/rangeproof/README.md. The two equations are checked one after the other and by folding
// the generators round by round, which the Go code does not do: it checks one combination.
import { utf8 } from "../commitment/bytes.js";
import { bytesOf, combine, G, H, hashed, inverse, mod, Reader, type Element } from "./group.js";
import { type Transcript } from "./transcript.js";

const sizes = new Map([[1, 1], [32, 32], [40, 64], [64, 64]]);

function generators(letter: string, n: number): Element[] {
  return Array.from({ length: n }, (_, i) => hashed(utf8(`creditd/bulletproof/v1/${letter}`), Uint8Array.of(0, i)));
}

export function size(bits: number): number {
  return 32 * (9 + 2 * Math.log2(sizes.get(bits)!));
}

/** verify throws if the proof does not hold. */
export function verify(V: Element, bits: number, proof: Uint8Array, t: Transcript): void {
  const n = sizes.get(bits);
  if (n === undefined) throw new Error("no such range");
  const rounds = Math.log2(n);
  const r = new Reader(proof, size(bits));
  const [A, S, T1, T2] = [r.point(), r.point(), r.point(), r.point()];
  const [tauX, mu, tHat] = [r.scalar(), r.scalar(), r.scalar()];
  const folds = Array.from({ length: rounds }, () => [r.point(), r.point()] as const);
  const [a, b] = [r.scalar(), r.scalar()];

  t.append("range proof", utf8("creditd/bulletproof/v1"));
  t.number("bits", BigInt(bits));
  t.append("V", V.toBytes());
  t.append("A", A.toBytes());
  t.append("S", S.toBytes());
  const [y, z] = [t.scalar("y"), t.scalar("z")];
  t.append("T1", T1.toBytes());
  t.append("T2", T2.toBytes());
  const x = t.scalar("x");
  t.append("tauX", bytesOf(tauX));
  t.append("mu", bytesOf(mu));
  t.append("t", bytesOf(tHat));
  const Q = combine([t.scalar("w"), hashed(utf8("creditd/bulletproof/v1/Q"))]);

  const yn = Array.from({ length: n }, (_, i) => power(y, i));
  const weight = Array.from({ length: n }, (_, i) => (i < bits ? 2n ** BigInt(i) : 0n));
  const delta = (z - z * z) * sum(yn) - z * z * z * sum(weight);
  const left = combine([tHat, G], [tauX, H]);
  const right = combine([z * z, V], [delta, G], [x, T1], [x * x, T2]);
  if (!left.equals(right)) throw new Error("the polynomial is not at t");

  let gs = generators("L", n);
  let hs = generators("R", n).map((point, i) => combine([inverse(yn[i]!), point]));
  let P = combine([1n, A], [x, S], [-mu, H], [tHat, Q]);
  for (let i = 0; i < n; i++) P = P.add(combine([-z, gs[i]!], [z * yn[i]! + z * z * weight[i]!, hs[i]!]));
  for (const [L, R] of folds) {
    t.append("L", L.toBytes());
    t.append("R", R.toBytes());
    const u = t.scalar("u");
    const v = inverse(u);
    P = P.add(combine([u * u, L], [v * v, R]));
    const half = gs.length / 2;
    [gs, hs] = [
      Array.from({ length: half }, (_, i) => combine([v, gs[i]!], [u, gs[half + i]!])),
      Array.from({ length: half }, (_, i) => combine([u, hs[i]!], [v, hs[half + i]!])),
    ];
  }
  if (!P.equals(combine([a, gs[0]!], [b, hs[0]!], [a * b, Q]))) throw new Error("the inner product does not hold");
}

function power(base: bigint, exponent: number): bigint {
  let result = 1n;
  for (let i = 0; i < exponent; i++) result = mod(result * base);
  return result;
}

const sum = (list: bigint[]): bigint => mod(list.reduce((total, each) => total + each, 0n));
