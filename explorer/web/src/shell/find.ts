import { get } from "../api/client";
import { type Found, searched } from "../api/indexer";
import { institutions, queries } from "../api/queries";
import { hexOf, isHex } from "../lib/bytes";

/** What a text may be; each gives the page's address, or undefined if there is no such thing. */
type Kind = (text: string) => Promise<string | undefined> | undefined;

// An id does not say what it is an id of: all are asked at once, and the first in this order that knows it wins.
const kinds: Kind[] = [
  (text) => (/^\d{1,18}$/.test(text) ? Promise.resolve(`/blocks/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/cosmos/tx/v1beta1/txs/${text}`, `/txs/${text.toUpperCase()}`) : undefined),
  (text) => (isHex(text, 32) || isHex(text, 36) ? exists(`/creditd/attestation/v1/verify/${text}`, `/attestations/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/creditd/attestation/v1/schemas/${text}`, `/schemas/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/creditd/credit/v1/inquiries/${text}`, `/inquiries/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/creditd/credit/v1/disputes/${text}`, `/disputes/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/creditd/credit/v1/contracts/${text}`, `/contracts/${text}`) : undefined),
  (text) => (isHex(text, 32) ? exists(`/creditd/attestation/v1/accreditations/${text}`, "/accreditations") : undefined),
  (text) => institution(text),
  (text) => schemaByName(text),
];

async function exists(path: string, page: string): Promise<string | undefined> {
  await get(path);
  return page;
}

/** By operator, licence number or name. */
async function institution(text: string): Promise<string | undefined> {
  const all = await queries.ensureQueryData(institutions);
  const wanted = text.toLowerCase();
  const found = all.find((i) => i.operator === wanted || i.licence_number.toLowerCase() === wanted || i.name.toLowerCase() === wanted);
  return found && `/institutions/${found.operator}`;
}

/** The newest version under a name. */
async function schemaByName(text: string): Promise<string | undefined> {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(text)) return undefined;
  const { schemas } = await get<{ schemas: { id: string }[] }>("/creditd/attestation/v1/schema_versions/" + text, {
    "pagination.limit": 1, "pagination.reverse": true,
  });
  const [newest] = schemas;
  return newest && `/schemas/${hexOf(newest.id)}`;
}

/** The address of the page about what a text names; undefined when the chain knows nothing of it. */
async function named(text: string): Promise<string | undefined> {
  const found = await Promise.all(kinds.map((kind) => kind(/^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text)?.catch(() => undefined)));
  return found.find((page) => page !== undefined);
}

/** What a text names, or what there is that begins with it: several, if the node has an indexer. */
export async function find(typed: string): Promise<Found[]> {
  const text = typed.trim().replace(/^0x/i, "");
  const page = await named(text);
  return page ? [{ page, kind: "", name: text }] : searched(text);
}
