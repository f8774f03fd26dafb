// From a header that is trusted to another one: docs/proofs.md, Trust assumptions, and CometBFT's light client.
import { nanoseconds, timeAt, timeToSecond } from "../time.js";
import { commonPower, readBlock, verifyCommit, type LightBlock } from "./block.js";
import { maxBlocks, type Block } from "./bundle.js";
import { equal, hex, unhex } from "./bytes.js";

/** A header that the verifier knows from a source of its own. */
export interface Trusted {
  height: bigint;
  /** 64 hexadecimal digits. */
  hash: string;
}

/** Times in nanoseconds. */
export interface FollowOptions {
  now: bigint;
  trustingPeriod: bigint;
  maxClockDrift: bigint;
}

/** Reads a trusted header as people write it. */
export function parseTrusted(height: string, hash: string): Trusted {
  if (!/^[1-9]\d{0,17}$/.test(height.trim())) throw new Error("give the height of a header that you trust");
  const digits = hash.trim().toLowerCase();
  unhex(digits, 32);
  return { height: BigInt(height.trim()), hash: digits };
}

/** Verifies that blocks lead from the trusted header to their last. Each is on the same chain as the one before. */
export function follow(blocks: Block[], trusted: Trusted, o: FollowOptions): LightBlock[] {
  if (blocks.length === 0 || blocks.length > maxBlocks) throw new Error(`${blocks.length} blocks: a bundle has 1 to ${maxBlocks}`);
  const chain = blocks.map((block, i) => at(i, () => readBlock(block)));
  const [first, last] = [chain[0]!, chain.at(-1)!];
  if (first.header.height !== trusted.height) {
    throw new Error(`its first header has the height ${first.header.height}, and the trusted one ${trusted.height}: ask for a bundle from the trusted height ${trusted.height} on`);
  }
  if (!equal(first.hash, unhex(trusted.hash.toLowerCase(), 32))) {
    throw new Error(`the header at height ${first.header.height} has the hash ${hex(first.hash)}, and the trusted one ${trusted.hash}`);
  }
  if (last.time > o.now + o.maxClockDrift) {
    throw new Error(`the header at height ${last.header.height} is of ${timeToSecond(last.header.time!)}, which is after ${timeToSecond(timeAt(o.now))} by more than the clocks may differ`);
  }
  if (chain.length > 1 && chain[1]!.header.height < first.header.height) backwards(chain);
  else forwards(chain, o);
  return chain;
}

function forwards(chain: LightBlock[], o: FollowOptions): void {
  chain.forEach((block, i) => at(i, () => {
    if (i > 0) step(chain[i - 1]!, block, o);
    verifyCommit(block);
    if (i > 0 && block.header.height !== chain[i - 1]!.header.height + 1n) skip(chain[i - 1]!, block);
  }));
}

/** What the light client asks of the next header, whatever lies between. The older block was verified. */
function step(from: LightBlock, to: LightBlock, o: FollowOptions): void {
  if (from.time + o.trustingPeriod <= o.now) {
    throw new Error(`the header at height ${from.header.height} is older than the trusting period: trust a younger one, or one above the bundle's`);
  }
  if (to.header.chainId !== from.header.chainId) throw new Error("the header is of another chain");
  if (to.header.height <= from.header.height) throw new Error("the height does not rise");
  if (to.time <= from.time) throw new Error("the time does not advance");
  if (to.time >= o.now + o.maxClockDrift) throw new Error("the header is from the future");
  if (to.header.height === from.header.height + 1n && !equal(to.header.validatorsHash, from.header.nextValidatorsHash)) {
    throw new Error("the validators are not those that the header before named");
  }
}

/** Headers that are not neighbours: more than a third of the power that is trusted has to have signed. */
function skip(from: LightBlock, to: LightBlock): void {
  const common = commonPower(from, to);
  if (common <= from.power / 3n) throw new Error(`validators with ${common} of ${from.power} trusted voting power signed, and more than a third have to`);
}

/** Who trusts a header trusts all before it, by their hashes: no signature and no trusting period is needed. */
function backwards(chain: LightBlock[]): void {
  chain.forEach((block, i) => at(i, () => {
    if (block.validators.length > 0) throw new Error("towards an older block there are headers only");
    if (i === 0) return;
    const after = chain[i - 1]!.header;
    const named = after.lastBlockId!.hash;
    if (block.header.height !== after.height - 1n || named.length === 0) throw new Error(`the header at height ${after.height} does not name it as the one before`);
    if (block.header.chainId !== after.chainId) throw new Error("the header is of another chain");
    if (block.time >= nanoseconds(after.time!)) throw new Error("the time does not go back");
    if (!equal(block.hash, named)) throw new Error("the hash is not the one that the header after it names");
  }));
}

/** How the header that the state is under is known. */
export function how(chain: LightBlock[]): string {
  const [first, last] = [chain[0]!.header.height, chain.at(-1)!.header.height];
  if (last > first) return `by the validators' signatures from the trusted height ${first} on, in ${chain.length - 1} steps`;
  if (last < first) return `by the hashes from the trusted height ${first} back, in ${chain.length - 1} steps`;
  return "by the trusted header itself";
}

function at<T>(i: number, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new Error(`block ${i}: ${(cause as Error).message}`, { cause });
  }
}
