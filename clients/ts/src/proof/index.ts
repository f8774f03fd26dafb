/**
 * Checks proof bundles (docs/proofs.md) without asking anybody: in a browser, without a network, against a header that the
 * verifier trusts. Written from the document, apart from the Go code; both are held to the same vectors.
 */
import { parse } from "./bundle.js";
import { textOf } from "./canonical.js";
import { collect } from "./evidence.js";
import { follow, type Trusted } from "./follow.js";
import { ProvenState } from "./state.js";
import { exit, judge, type Verdict } from "./verdict.js";

export { parse, type Bundle } from "./bundle.js";
export { parseTrusted, type Trusted } from "./follow.js";
export { exit, type Verdict, type Line, type Integrity, type Issuer, type StatusLine, type Freshness } from "./verdict.js";
export { readBlock } from "./block.js";

/** Options of a verification; the defaults are those of `creditd attestation verify`. */
export interface Options {
  /** When everything is judged that has an end; the clock if it is left out. */
  now?: Date;
  /** Seconds after the trusted header's time within which its validators' signatures count. */
  trustingPeriod?: number;
  /** Seconds that a header may be in the future. */
  maxClockDrift?: number;
  /** Seconds that the proven header may be old; 0 for any. */
  maxAge?: number;
  /** What is wanted is that there is no such attestation. */
  absent?: boolean;
}

/** The bundle proves nothing. */
export class InvalidBundle extends Error {
  override readonly name = "InvalidBundle";
}

const second = 1_000_000_000n;
const seconds = (n: number): bigint => BigInt(Math.round(n * 1e9));

/** Throws InvalidBundle, which says what is wrong; otherwise the verdict says what is proven, good or not. */
export function verify(encoded: string | Uint8Array, trusted: Trusted, o: Options = {}): Verdict {
  const now = BigInt((o.now ?? new Date()).getTime()) * 1_000_000n;
  try {
    const bundle = parse(textOf(encoded));
    const chain = follow(bundle.blocks, trusted, {
      now, trustingPeriod: o.trustingPeriod === undefined ? 14n * 24n * 3600n * second : seconds(o.trustingPeriod),
      maxClockDrift: seconds(o.maxClockDrift ?? 10),
    });
    const state = new ProvenState(bundle, chain.at(-1)!.header.appHash);
    const evidence = collect(state, bundle);
    state.done();
    return judge(evidence, bundle.disclosure, chain, { now, maxAge: seconds(o.maxAge ?? 0), absent: o.absent ?? false });
  } catch (cause) {
    throw new InvalidBundle(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The verdict on a bundle that was refused: nothing is known but why. */
export function invalidVerdict(reason: string): Verdict {
  const unknown = { ok: false, text: "not known: the bundle proves nothing" };
  return {
    good: false, exit_code: exit.invalid,
    integrity: { ok: false, text: reason, chain_id: "", attestation: "", anchored: false, trusted_height: "0", headers: 0 },
    issuer: unknown, status: { ...unknown, state: "unknown" }, freshness: { ...unknown, height: "0", time: "", age_seconds: 0 },
  };
}
