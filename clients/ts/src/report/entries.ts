// Entries of the state, and how they are named.
import { toBech32 } from "@cosmjs/encoding";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { join } from "../proof/bytes.js";
import { decode } from "../proof/proto.js";
import type { ProvenState } from "../proof/state.js";

/** Key of an entry. */
export const key = (prefix: number, ...parts: Uint8Array[]): Uint8Array => join(Uint8Array.of(prefix), ...parts);

/** An entry that is there. */
export function must<D extends DescMessage>(state: ProvenState, store: string, what: string, desc: D, key: Uint8Array): MessageShape<D> {
  const value = state.read(store, key);
  if (!value) throw new Error(`the state has no ${what}`);
  return decode(what, desc, value);
}

export function checkID(what: string, id: Uint8Array): void {
  if (id.length !== 32 || id.every((each) => each === 0)) throw new Error(`${what} is no id`);
}

/** The text of an account. */
export const addressText = (bytes: Uint8Array): string => (bytes.length === 0 ? "" : toBech32("credit", bytes, 1023));
