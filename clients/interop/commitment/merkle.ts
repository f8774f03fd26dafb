// The Merkle tree of RFC 9162 with SHA-256, from its recursive definitions (creditd's Go code verifies with the RFC's
// loops).
import { sha256 } from "@noble/hashes/sha2.js";
import { equal, join } from "./bytes.js";

export const hashLeaf = (data: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(0), data));
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(1), left, right));

/** split is the largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** root is MTH of s.2.1.1, over leaf hashes. */
export function root(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return hashNode(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** rootFromPath undoes PATH of s.2.1.3.1; undefined if the path is not one of that leaf in a tree of that size. */
export function rootFromPath(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): Uint8Array | undefined {
  if (index < 0 || index >= size) return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const sibling = path.at(-1);
  if (sibling === undefined) return undefined;
  const k = split(size);
  if (index < k) {
    const left = rootFromPath(leaf, index, k, path.slice(0, -1));
    return left && hashNode(left, sibling);
  }
  const right = rootFromPath(leaf, index - k, size - k, path.slice(0, -1));
  return right && hashNode(sibling, right);
}

/** consistent undoes SUBPROOF of s.2.1.4.1: both roots that the path gives are the ones expected. */
export function consistent(first: number, second: number, a: Uint8Array, b: Uint8Array, path: Uint8Array[]): boolean {
  if (first < 1 || first > second) return false;
  const roots = unproof(first, second, path, true, a);
  return roots !== undefined && equal(roots[0], a) && equal(roots[1], b);
}

/** unproof returns the roots of the first m of n leaves, and of all n. */
function unproof(
  m: number, n: number, path: Uint8Array[], complete: boolean, known: Uint8Array,
): [Uint8Array, Uint8Array] | undefined {
  if (m === n) {
    if (complete) return path.length === 0 ? [known, known] : undefined;
    return path.length === 1 ? [path[0]!, path[0]!] : undefined;
  }
  const node = path.at(-1);
  if (node === undefined) return undefined;
  const k = split(n);
  if (m <= k) {
    const left = unproof(m, k, path.slice(0, -1), complete, known);
    return left && [left[0], hashNode(left[1], node)];
  }
  const right = unproof(m - k, n - k, path.slice(0, -1), false, known);
  return right && [hashNode(node, right[0]), hashNode(node, right[1])];
}
