// What of circuit and amount commitments (docs/commitment-format.md, sections 7 and 8) is nobody's but these tests'. The commitments
// themselves the TypeScript client makes too, to check a report.
import { ristretto255 } from "@noble/curves/ed25519.js";
import { equal, toNumber } from "./bytes.js";
import { modulus } from "../../ts/src/proof/poseidon2.js";

export { amountCommitment, blinding, circuitCommitment, circuitSalt, generatorH, type HiddenField } from "../../ts/src/proof/commitments.js";

const { Point } = ristretto255;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** scalar reads 32 bytes, little-endian, below the group's order. */
export function scalar(bytes: Uint8Array): bigint {
  const n = toNumber(Uint8Array.from(bytes).reverse());
  if (bytes.length !== 32 || n >= order) throw new Error("not a scalar");
  return n;
}

export function addCommitments(commitments: Uint8Array[]): Uint8Array {
  return commitments.reduce((sum, each) => sum.add(Point.fromBytes(each)), Point.ZERO).toBytes();
}

/** isPoint: a canonical encoding of ristretto255, and not the identity. */
export function isPoint(bytes: Uint8Array): boolean {
  try {
    return bytes.length === 32 && !Point.fromBytes(bytes).is0() && equal(Point.fromBytes(bytes).toBytes(), bytes);
  } catch {
    return false;
  }
}

/** isElement: 32 bytes, big-endian, of 1 to the modulus less one. */
export function isElement(bytes: Uint8Array): boolean {
  const n = toNumber(bytes);
  return bytes.length === 32 && n > 0n && n < modulus;
}
