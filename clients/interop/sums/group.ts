// ristretto255 as the proofs use it: strict decoding, and sums of products.
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { join, utf8 } from "../commitment/bytes.js";
import { little, order } from "./transcript.js";

const { Point } = ristretto255;
export type Element = InstanceType<typeof Point>;

export const mod = (n: bigint): bigint => ((n % order) + order) % order;

/** inverse by Fermat. */
export function inverse(n: bigint): bigint {
  let result = 1n;
  for (let base = mod(n), e = order - 2n; e > 0n; e >>= 1n, base = (base * base) % order) {
    if (e & 1n) result = (result * base) % order;
  }
  return result;
}

export const G = Point.BASE;
export const zero = Point.ZERO;
export const hashed = (...domain: Uint8Array[]): Element => ristretto255_hasher.deriveToCurve!(sha512(join(...domain))) as Element;
export const H = hashed(utf8("creditd/pedersen/v1/H"));

/** sum of products; a product with zero is left out, which the library does not multiply by. */
export function combine(...terms: [bigint, Element][]): Element {
  return terms.reduce((sum, [n, point]) => (mod(n) === 0n ? sum : sum.add(point.multiply(mod(n)))), Point.ZERO);
}

/** Reader takes 32 bytes at a time, and refuses what is not the one encoding. */
export class Reader {
  constructor(private rest: Uint8Array, size: number) {
    if (rest.length !== size) throw new Error(`${rest.length} bytes, not ${size}`);
  }
  take(n: number): Uint8Array {
    const bytes = this.rest.slice(0, n);
    this.rest = this.rest.slice(n);
    return bytes;
  }
  point(): Element {
    const point = Point.fromBytes(this.take(32));
    if (point.equals(Point.ZERO)) throw new Error("the identity");
    return point;
  }
  scalar(): bigint {
    const n = little(this.take(32));
    if (n >= order) throw new Error("not below the order");
    return n;
  }
}

/** element may be the identity, as sums may. */
export const element = (bytes: Uint8Array): Element => Point.fromBytes(bytes);

export function bytesOf(n: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n));
}
