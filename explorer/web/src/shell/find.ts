import { get } from "../api/client";
import { institutions, queries } from "../api/queries";
import { isHex } from "../lib/bytes";

/** What a text may be, in the order in which it is tried; each gives the page's address, or undefined if there is no such thing. */
type Kind = (text: string) => Promise<string | undefined> | undefined;

const kinds: Kind[] = [
  (text) => (/^\d+$/.test(text) ? Promise.resolve(`/blocks/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/cosmos/tx/v1beta1/txs/${text}`, `/txs/${text.toUpperCase()}`) : undefined),
  (text) => institution(text),
];

async function exists(path: string, page: string): Promise<string | undefined> {
  try {
    await get(path);
    return page;
  } catch {
    return undefined;
  }
}

/** By operator, licence number or name. */
async function institution(text: string): Promise<string | undefined> {
  const all = await queries.ensureQueryData(institutions);
  const wanted = text.toLowerCase();
  const found = all.find((i) => i.operator === wanted || i.licence_number.toLowerCase() === wanted || i.name.toLowerCase() === wanted);
  return found && `/institutions/${found.operator}`;
}

/** The address of the page about what a text names; undefined when the chain knows nothing of it. */
export async function find(text: string): Promise<string | undefined> {
  for (const kind of kinds) {
    const page = await kind(text)?.catch(() => undefined);
    if (page) return page;
  }
  return undefined;
}
