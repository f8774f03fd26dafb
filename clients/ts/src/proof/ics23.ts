// Proofs of entries in trees, by ICS-23 and the two specifications that the SDK's stores use, as github.com/cosmos/ics23/go
// v0.11 checks them. @confio/ics23 is not used: it is of before the checks of 2022 (depth, prefixes of IAVL nodes).
import { sha256 } from "@noble/hashes/sha2.js";
import {
  CommitmentProofSchema, HashOp, LengthOp, type CommitmentProof, type ExistenceProof, type InnerOp, type LeafOp, type NonExistenceProof,
} from "../gen/cosmos/ics23/v1/proofs_pb.js";
import { equal, join, order } from "./bytes.js";
import { decode } from "./proto.js";

interface Spec {
  minPrefix: number;
  maxPrefix: number;
  childSize: number;
  iavl: boolean;
}

/** IAVL: how a module's store hashes its entries. Children have a byte of length. */
const iavl: Spec = { minPrefix: 4, maxPrefix: 12, childSize: 33, iavl: true };
/** The tree over the stores' names and roots, whose root is the app hash. */
const tendermint: Spec = { minPrefix: 1, maxPrefix: 1, childSize: 32, iavl: false };

const maxDepth = 128;

/** Proves the root of a store under the app hash. */
export function storeRoot(encoded: Uint8Array, appHash: Uint8Array, name: Uint8Array): Uint8Array {
  const { proof } = decodeProof(encoded);
  if (proof.case !== "exist") throw new Error("the proof is of absence");
  existence(proof.value, tendermint, appHash, name);
  return proof.value.value;
}

/** Proves that the key has the value that is returned, undefined for none, under the root of its store. */
export function entry(encoded: Uint8Array, root: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const { proof } = decodeProof(encoded);
  if (proof.case === "exist") {
    existence(proof.value, iavl, root, key);
    return proof.value.value;
  }
  if (proof.case !== "nonexist") throw new Error("neither a proof of existence nor of absence");
  // The key in it is covered by nothing else.
  if (!equal(proof.value.key, key)) throw new Error("the proof is of the absence of another key");
  absence(proof.value, iavl, root, key);
  return undefined;
}

/**
 * Proves which entry is the first at a key or behind it; undefined says that there is none. Who asks on from there has every
 * entry: a walk by it leaves out nothing.
 */
export function next(encoded: Uint8Array, root: Uint8Array, from: Uint8Array): { key: Uint8Array; value: Uint8Array } | undefined {
  const value = entry(encoded, root, from);
  if (value) return { key: from, value };
  const { proof } = decodeProof(encoded);
  const right = proof.case === "nonexist" ? proof.value.right : undefined; // proven with the absence: both neighbours are
  return right && { key: right.key, value: right.value };
}

function decodeProof(encoded: Uint8Array): CommitmentProof {
  const proof = decode("proof", CommitmentProofSchema, encoded);
  if (proof.proof.case === undefined) throw new Error("neither a proof of existence nor of absence");
  return proof;
}

function existence(proof: ExistenceProof, spec: Spec, root: Uint8Array, key: Uint8Array): void {
  if (!proof.leaf) throw new Error("a proof without a leaf");
  checkLeaf(proof.leaf, spec);
  if (proof.path.length > maxDepth) throw new Error("a proof that is too deep");
  proof.path.forEach((inner, i) => checkInner(inner, spec, i + 1));
  if (!equal(proof.key, key)) throw new Error("the proof is of another key");
  if (proof.key.length === 0 || proof.value.length === 0) throw new Error("an entry without a key or a value");
  let hash = sha256(join(proof.leaf.prefix, prefixed(proof.key), prefixed(sha256(proof.value))));
  for (const { prefix, suffix } of proof.path) hash = sha256(join(prefix, hash, suffix));
  if (!equal(hash, root)) throw new Error("the proof leads to another root");
}

/** prefixed has its length before it, as protobuf writes it. */
function prefixed(data: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = data.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80);
  return join(Uint8Array.from([...length, rest]), data);
}

function checkLeaf(leaf: LeafOp, spec: Spec): void {
  if (spec.iavl) checkIavlPrefix(leaf.prefix, 0);
  if (leaf.hash !== HashOp.SHA256 || leaf.prehashKey !== HashOp.NO_HASH || leaf.prehashValue !== HashOp.SHA256 ||
    leaf.length !== LengthOp.VAR_PROTO || leaf.prefix[0] !== 0) throw new Error("a leaf of another kind of tree");
}

function checkInner(inner: InnerOp, spec: Spec, layer: number): void {
  if (inner.hash !== HashOp.SHA256) throw new Error("a node of another kind of tree");
  if (spec.iavl) checkIavlPrefix(inner.prefix, layer);
  if (inner.prefix[0] === 0) throw new Error("a node that looks like a leaf");
  if (inner.prefix.length < spec.minPrefix || inner.prefix.length > spec.maxPrefix + spec.childSize) throw new Error("a node's prefix of a wrong length");
  if (inner.suffix.length % spec.childSize !== 0) throw new Error("a node's suffix of a wrong length");
}

/** An IAVL node's prefix has height, size and version; then nothing (a leaf), or the length of the first child, after a left one. */
function checkIavlPrefix(prefix: Uint8Array, layer: number): void {
  let at = 0;
  for (let field = 0; field < 3; field++) {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = prefix[at++];
      if (byte === undefined || shift > 63n) throw new Error("a node's prefix ends early");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7n;
    }
    if (value > 0xffff_ffff_ffff_ffffn || value % 2n === 1n) throw new Error("a node's prefix has a number below zero"); // zigzag
    if (field === 0 && value / 2n < BigInt(layer)) throw new Error("a node's height is below its place");
  }
  const rest = prefix.length - at;
  if (layer === 0 ? rest !== 0 : rest !== 1 && rest !== 34) throw new Error("a node's prefix of a wrong length");
}

function absence(proof: NonExistenceProof, spec: Spec, root: Uint8Array, key: Uint8Array): void {
  const { left, right } = proof;
  if (left) {
    existence(left, spec, root, left.key);
    if (order(key, left.key) <= 0) throw new Error("the key is not right of its left neighbour");
  }
  if (right) {
    existence(right, spec, root, right.key);
    if (order(key, right.key) >= 0) throw new Error("the key is not left of its right neighbour");
  }
  if (left && right) checkNeighbours(left.path, right.path, spec);
  else if (right) checkEdge(right.path, "left", spec);
  else if (left) checkEdge(left.path, "right", spec);
  else throw new Error("a proof of absence without neighbours");
}

/** Which child of its node the hash below is. */
function side({ prefix, suffix }: InnerOp, spec: Spec): "left" | "right" | undefined {
  const within = (least: number): boolean => prefix.length >= least + spec.minPrefix && prefix.length <= least + spec.maxPrefix;
  if (within(0) && suffix.length === spec.childSize) return "left";
  if (within(spec.childSize) && suffix.length === 0) return "right";
  return undefined;
}

function checkEdge(path: InnerOp[], edge: "left" | "right", spec: Spec): void {
  if (!path.every((step) => side(step, spec) === edge)) throw new Error(`a neighbour is not the ${edge}-most below their common node`);
}

/** Above, both paths are the same; at their first common node they part; below, nothing lies between them. */
function checkNeighbours(left: InnerOp[], right: InnerOp[], spec: Spec): void {
  let [l, r] = [left.length - 1, right.length - 1];
  const same = (a: InnerOp, b: InnerOp): boolean => equal(a.prefix, b.prefix) && equal(a.suffix, b.suffix);
  while (l >= 0 && r >= 0 && same(left[l]!, right[r]!)) [l, r] = [l - 1, r - 1];
  if (l < 0 || r < 0 || side(left[l]!, spec) !== "left" || side(right[r]!, spec) !== "right") throw new Error("the neighbours are none");
  checkEdge(left.slice(0, l), "right", spec);
  checkEdge(right.slice(0, r), "left", spec);
}
