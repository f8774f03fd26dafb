// The Merkle tree of RFC 9162 with SHA-256, from its recursive definitions (creditd's Go code verifies with the RFC's
// loops). Roots and paths are the TypeScript client's; consistency is of nobody else.
import { hashNode, split } from "../../ts/src/proof/merkle.js";
import { equal } from "./bytes.js";

export { hashLeaf, hashNode, root, rootFromPath } from "../../ts/src/proof/merkle.js";

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
