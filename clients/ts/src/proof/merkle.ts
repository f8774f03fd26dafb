// The Merkle tree of RFC 9162 with SHA-256, from its recursive definitions. CometBFT's trees are the same (RFC 6962).
import { sha256 } from "@noble/hashes/sha2.js";
import { join } from "./bytes.js";

export const hashLeaf = (data: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(0), data));
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(join(Uint8Array.of(1), left, right));

/** split is the largest power of two smaller than n. */
export function split(n: number): number {
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
