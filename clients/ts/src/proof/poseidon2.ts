// Poseidon2 (ePrint 2023/323) of width 2 over the scalar field of BN254, with gnark's parameters and constants.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { toNumber, utf8 } from "./bytes.js";

export const modulus = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
export const parameters = "Poseidon2-BN254[t=2,rF=6,rP=50,d=5]";
const full = 6;
const partial = 50;

const mod = (x: bigint): bigint => x % modulus;
const power5 = (x: bigint): bigint => {
  const square = mod(x * x);
  return mod(mod(square * square) * x);
};

/** roundKeys are a chain of Keccak-256 that begins with the hash of the parameters' text; a full round has two. */
export const roundKeys: readonly (readonly bigint[])[] = (() => {
  let link = keccak_256(utf8(parameters));
  const next = (): bigint => mod(toNumber((link = keccak_256(link))));
  return Array.from({ length: full + partial }, (_, round) =>
    round < full / 2 || round >= full / 2 + partial ? [next(), next()] : [next()]);
})();

/** permute is the permutation of two elements. */
export function permute(input: readonly [bigint, bigint]): [bigint, bigint] {
  let [a, b] = input;
  const external = (): void => { [a, b] = [mod(2n * a + b), mod(a + 2n * b)]; };
  const internal = (): void => { [a, b] = [mod(2n * a + b), mod(a + 3n * b)]; };
  external();
  for (const keys of roundKeys) {
    a = power5(a + keys[0]!);
    if (keys.length === 2) {
      b = power5(b + keys[1]!);
      external();
    } else {
      internal();
    }
  }
  return [a, b];
}

/** hash is Merkle-Damgard over elements, without padding, from zero: state = P(state, element)[1] + element. */
export function hash(elements: readonly bigint[]): bigint {
  return elements.reduce((state, element) => {
    if (element < 0n || element >= modulus) throw new Error("not an element");
    return mod(permute([state, element])[1] + element);
  }, 0n);
}
