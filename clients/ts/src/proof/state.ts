import type { Evidence } from "./canonical.js";
import { hex, join, utf8 } from "./bytes.js";
import * as ics23 from "./ics23.js";

/** More than any bundle has: six entries, and a path of at most 16 accreditations. */
const ofBundle = 32;

/** Reads the entries of a file in order, each proven under one app hash. */
export class ProvenState {
  private readonly roots = new Map<string, Uint8Array>();
  private entry = 0;
  private store = 0;

  constructor(private readonly file: Pick<Evidence, "entries" | "stores">, private readonly appHash: Uint8Array, max = ofBundle) {
    if (file.entries.length > max) throw new Error(`${file.entries.length} entries: such a file has at most ${max}`);
  }

  /** Takes the next entry, which must be the one that is asked for; undefined says that there is none under the key. */
  read(store: string, key: Uint8Array): Uint8Array | undefined {
    const { proof, root } = this.next(store);
    return within(`an entry of store ${store}`, () => ics23.entry(proof, root, key));
  }

  /**
   * Every entry under a prefix, by keys without it. That none is left out is proven: the proof that there is nothing right behind
   * one names the next.
   */
  walk(store: string, prefix: Uint8Array, max: number): { key: Uint8Array; value: Uint8Array }[] {
    const found: { key: Uint8Array; value: Uint8Array }[] = [];
    for (let from = prefix; ; ) {
      const { proof, root } = this.next(store);
      const next = within(`entries of store ${store}`, () => ics23.next(proof, root, from));
      if (!next || next.key.length < prefix.length || !prefix.every((byte, i) => byte === next.key[i])) return found;
      if (found.length === max) throw new Error(`more than ${max} entries under ${hex(prefix)}`);
      found.push({ key: next.key.slice(prefix.length), value: next.value });
      from = join(next.key, Uint8Array.of(0)); // the least key behind it
    }
  }

  private next(store: string): { proof: Uint8Array; root: Uint8Array } {
    const next = this.file.entries[this.entry++];
    if (!next) throw new Error(`an entry of store ${store} is missing`);
    if (next.store !== store) throw new Error(`the proof is of an entry in store ${next.store.slice(0, 40)}, and not in ${store}`);
    return { proof: next.proof, root: this.root(store) };
  }

  /** The root of a store, proven once. */
  private root(store: string): Uint8Array {
    const known = this.roots.get(store);
    if (known) return known;
    const next = this.file.stores[this.store++];
    if (next?.name !== store) throw new Error(`the root of store ${store} is missing`);
    const root = within(`the root of store ${store}`, () => ics23.storeRoot(next.proof, this.appHash, utf8(store)));
    this.roots.set(store, root);
    return root;
  }

  /** Refuses what was not read: it would not be covered by anything. */
  done(): void {
    const [entries, stores] = [this.file.entries.length - this.entry, this.file.stores.length - this.store];
    if (entries > 0 || stores > 0) throw new Error(`${entries} entries and ${stores} stores too many`);
  }
}

/** Says of an error what it is about. */
export function within<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}`, { cause });
  }
}
