import type { Bundle } from "./bundle.js";
import { utf8 } from "./bytes.js";
import { entry, storeRoot } from "./ics23.js";

/** More than any bundle has: six entries, and a path of at most 16 accreditations. */
const maxEntries = 32;

/** Reads the entries of a bundle in order, each proven under one app hash. */
export class ProvenState {
  private readonly roots = new Map<string, Uint8Array>();
  private entry = 0;
  private store = 0;

  constructor(private readonly bundle: Bundle, private readonly appHash: Uint8Array) {
    if (bundle.entries.length > maxEntries) throw new Error(`${bundle.entries.length} entries: a bundle has at most ${maxEntries}`);
  }

  /** Takes the next entry, which must be the one that is asked for; undefined says that there is none under the key. */
  read(store: string, key: Uint8Array): Uint8Array | undefined {
    const next = this.bundle.entries[this.entry++];
    if (!next) throw new Error(`an entry of store ${store} is missing`);
    if (next.store !== store) throw new Error(`the proof is of an entry in store ${next.store.slice(0, 40)}, and not in ${store}`);
    const root = this.root(store);
    return within(`an entry of store ${store}`, () => entry(next.proof, root, key));
  }

  /** The root of a store, proven once. */
  private root(store: string): Uint8Array {
    const known = this.roots.get(store);
    if (known) return known;
    const next = this.bundle.stores[this.store++];
    if (next?.name !== store) throw new Error(`the root of store ${store} is missing`);
    const root = within(`the root of store ${store}`, () => storeRoot(next.proof, this.appHash, utf8(store)));
    this.roots.set(store, root);
    return root;
  }

  /** Refuses what was not read: it would not be covered by anything. */
  done(): void {
    const [entries, stores] = [this.bundle.entries.length - this.entry, this.bundle.stores.length - this.store];
    if (entries > 0 || stores > 0) throw new Error(`${entries} entries and ${stores} stores too many`);
  }
}

function within<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new Error(`${what}: ${(cause as Error).message}`, { cause });
  }
}
