// Blocks as CometBFT's light client knows them: hashes of headers, validator sets, what validators sign.
import { create, toBinary } from "@bufbuild/protobuf";
import { sizeDelimitedEncode } from "@bufbuild/protobuf/wire";
import { BytesValueSchema, Int64ValueSchema, StringValueSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";

import { CanonicalVoteSchema } from "../gen/tendermint/types/canonical_pb.js";
import { BlockIDSchema, CommitSchema, HeaderSchema, SignedMsgType, type BlockID, type Commit, type CommitSig, type Header } from "../gen/tendermint/types/types_pb.js";
import { BlockIDFlag, SimpleValidatorSchema } from "../gen/tendermint/types/validator_pb.js";
import { ConsensusSchema } from "../gen/tendermint/version/types_pb.js";
import { nanoseconds, type Time } from "../time.js";
import type { Block } from "./bundle.js";
import { equal, hex, order } from "./bytes.js";
import * as merkle from "./merkle.js";
import { decode } from "./proto.js";

/** BlockProtocol of CometBFT, which every header names. */
const blockProtocol = 11n;
const maxChainID = 50;
const maxSignature = 4 * 1024;
const maxValidators = 10_000;
const maxPower = (2n ** 63n - 1n) / 8n;
/** 0001-01-01T00:00:00Z, the time of a validator that did not sign. */
const zeroTime = -62_135_596_800n;

export interface Validator {
  encoded: Uint8Array;
  address: Uint8Array;
  power: bigint;
  key: { kind: "ed25519" | "mldsa65"; bytes: Uint8Array };
}

export interface LightBlock {
  header: Header;
  hash: Uint8Array;
  time: bigint; // nanoseconds since 1970
  commit?: Commit;
  validators: Validator[]; // none of a header alone
  power: bigint;
}

/** Reads a block; no signature in it is verified yet. */
export function readBlock(block: Block): LightBlock {
  const header = decode("header", HeaderSchema, block.header);
  checkHeader(header);
  const read: LightBlock = { header, hash: headerHash(header), time: nanoseconds(header.time!), validators: [], power: 0n };
  if (block.commit.length === 0 && block.validators.length === 0) return read;
  if (block.commit.length === 0 || block.validators.length === 0) throw new Error("a commit and validators go together");
  read.commit = decode("commit", CommitSchema, block.commit);
  checkCommit(read.commit);
  read.validators = validatorSet(block.validators);
  read.power = read.validators.reduce((sum, each) => sum + each.power, 0n);
  if (read.power > maxPower) throw new Error("more voting power than a chain may have");
  return read;
}

function checkHeader(h: Header): void {
  if (h.version!.block !== blockProtocol) throw new Error(`header: block protocol ${h.version!.block}, and this program knows ${blockProtocol}`);
  if (new TextEncoder().encode(h.chainId).length > maxChainID) throw new Error("header: a chain id that is too long");
  if (h.height < 1n) throw new Error("header: a height below 1");
  checkBlockID(h.lastBlockId!);
  const hashes = [h.lastCommitHash, h.dataHash, h.validatorsHash, h.nextValidatorsHash, h.consensusHash, h.lastResultsHash, h.evidenceHash];
  if (hashes.some((each) => each.length !== 0 && each.length !== 32)) throw new Error("header: a hash of a wrong length");
  if (h.proposerAddress.length !== 20) throw new Error("header: a proposer's address of a wrong length");
}

function checkBlockID(id: BlockID): void {
  if (![id.hash, id.partSetHeader!.hash].every((each) => each.length === 0 || each.length === 32)) throw new Error("a block's hash of a wrong length");
}

function checkCommit(c: Commit): void {
  if (c.height < 1n || c.round < 0) throw new Error("commit: a height below 1, or a round below 0");
  checkBlockID(c.blockId!);
  if (c.signatures.length === 0) throw new Error("commit: no signatures");
  for (const s of c.signatures) checkSignature(s);
}

function checkSignature(s: CommitSig): void {
  if (s.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_ABSENT) {
    const empty = s.validatorAddress.length === 0 && s.signature.length === 0;
    if (!empty || s.timestamp!.seconds !== zeroTime || s.timestamp!.nanos !== 0) throw new Error("commit: a validator is absent and signed");
    return;
  }
  if (s.blockIdFlag !== BlockIDFlag.BLOCK_ID_FLAG_COMMIT && s.blockIdFlag !== BlockIDFlag.BLOCK_ID_FLAG_NIL) throw new Error("commit: a vote of an unknown kind");
  if (s.validatorAddress.length !== 20) throw new Error("commit: an address of a wrong length");
  if (s.signature.length === 0 || s.signature.length > maxSignature) throw new Error("commit: a signature of a wrong length");
}

/** Header.Hash of CometBFT: the root over the fields, each encoded by itself, empty ones as nothing. */
export function headerHash(h: Header): Uint8Array {
  const nothing = new Uint8Array();
  const bytes = (value: Uint8Array): Uint8Array => (value.length === 0 ? nothing : toBinary(BytesValueSchema, create(BytesValueSchema, { value })));
  const parts = [
    toBinary(ConsensusSchema, h.version!),
    h.chainId === "" ? nothing : toBinary(StringValueSchema, create(StringValueSchema, { value: h.chainId })),
    toBinary(Int64ValueSchema, create(Int64ValueSchema, { value: h.height })),
    toBinary(TimestampSchema, h.time!), toBinary(BlockIDSchema, h.lastBlockId!),
    ...[h.lastCommitHash, h.dataHash, h.validatorsHash, h.nextValidatorsHash, h.consensusHash, h.appHash, h.lastResultsHash, h.evidenceHash, h.proposerAddress].map(bytes),
  ];
  return h.validatorsHash.length === 0 ? nothing : merkle.root(parts.map(merkle.hashLeaf));
}

/** Rebuilds the set from what its hash is over, in the same order. */
function validatorSet(encoded: Uint8Array[]): Validator[] {
  if (encoded.length > maxValidators) throw new Error(`${encoded.length} validators, and a chain has at most ${maxValidators}`);
  const seen = new Set<string>();
  const set = encoded.map((each, i) => {
    const { pubKey, votingPower } = decode("validator", SimpleValidatorSchema, each);
    const sum = pubKey?.sum;
    if (sum?.case !== "ed25519" && sum?.case !== "mldsa65") throw new Error(`validator ${i}: a kind of key that this program does not check`);
    if (sum.value.length !== (sum.case === "ed25519" ? 32 : 1952)) throw new Error(`validator ${i}: a key of a wrong length`);
    if (votingPower < 0n) throw new Error(`validator ${i}: voting power below zero`);
    const address = sha256(sum.value).slice(0, 20);
    if (seen.has(hex(address))) throw new Error(`validator ${i} is there twice`);
    seen.add(hex(address));
    return { encoded: each, address, power: votingPower, key: { kind: sum.case, bytes: sum.value } };
  });
  const ordered = set.every((each, i) => {
    const before = set[i - 1];
    return !before || before.power > each.power || (before.power === each.power && order(before.address, each.address) < 0);
  });
  if (!ordered) throw new Error("validators are not in the order of the set");
  return set;
}

/** Checks every signature: the light client stops at two thirds, and would not see a change in the rest. */
export function verifyCommit(block: LightBlock): void {
  const { header, commit, validators } = block;
  if (!commit) throw new Error("the commit is missing");
  if (commit.height !== header.height) throw new Error("the commit is of another height");
  if (!equal(commit.blockId!.hash, block.hash)) throw new Error("the commit is of another block");
  const hash = merkle.root(validators.map((each) => merkle.hashLeaf(each.encoded)));
  if (!equal(hash, header.validatorsHash)) throw new Error("the validators are not those that the header names");
  if (commit.signatures.length !== validators.length) throw new Error("not as many signatures as validators");
  let signed = 0n;
  commit.signatures.forEach((each, i) => {
    if (each.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_ABSENT) return;
    const validator = validators[i]!;
    if (!equal(each.validatorAddress, validator.address)) throw new Error(`signature ${i} is of another validator`);
    if (!verifySignature(validator, signBytes(header.chainId, commit, each), each.signature)) throw new Error(`signature ${i} is wrong`);
    if (each.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT) signed += validator.power;
  });
  if (signed <= (block.power * 2n) / 3n) throw new Error(`validators with ${signed} of ${block.power} voting power signed, and more than two thirds have to`);
}

/** What a validator signed: CanonicalVote of CometBFT with its length before it. */
function signBytes(chainId: string, commit: Commit, s: CommitSig): Uint8Array {
  const id = commit.blockId!;
  const forBlock = s.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT;
  return sizeDelimitedEncode(CanonicalVoteSchema, create(CanonicalVoteSchema, {
    type: SignedMsgType.PRECOMMIT, height: commit.height, round: BigInt(commit.round), chainId, timestamp: s.timestamp!,
    ...(forBlock && { blockId: { hash: id.hash, partSetHeader: { total: id.partSetHeader!.total, hash: id.partSetHeader!.hash } } }),
  }));
}

function verifySignature({ key }: Validator, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    // ZIP-215: CometBFT accepts the same encodings of points.
    return key.kind === "ed25519" ? signature.length === 64 && ed25519.verify(signature, message, key.bytes, { zip215: true })
      : signature.length === 3309 && ml_dsa65.verify(signature, message, key.bytes);
  } catch {
    return false; // not a point, or not a key
  }
}

/** The voting power of `trusted` that signed this block, by keys that both sets have. The commit was verified. */
export function commonPower(trusted: LightBlock, block: LightBlock): bigint {
  const keys = new Map(trusted.validators.map((each) => [hex(each.key.bytes), each.power]));
  return block.validators.reduce((sum, each, i) =>
    block.commit!.signatures[i]!.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT ? sum + (keys.get(hex(each.key.bytes)) ?? 0n) : sum, 0n);
}

export const timeOfBlock = (block: LightBlock): Time => block.header.time!;
