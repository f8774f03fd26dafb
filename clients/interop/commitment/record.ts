// Records, their commitments and disclosures: docs/commitment-format.md, sections 1 to 5. Making commitments and checking disclosures
// are the TypeScript client's; reading a disclosure's own file is of nobody else.
import { checkDisclosure, type Disclosure, type Field } from "../../ts/src/proof/record.js";
import { utf8 } from "./bytes.js";

export { bind, canonical, kinds, leafData, type Disclosure, type Field, type Kind } from "../../ts/src/proof/record.js";

export { commit, dayNumber as day, leaves, salt, type Values as Record } from "../../ts/src/proof/commitments.js";

const maxDisclosure = 524_288;

/** readDisclosure reads the one encoding of a disclosure, and throws for anything else. */
export function readDisclosure(text: string): Disclosure {
  if (utf8(text).length > maxDisclosure) throw new Error("the disclosure is too long");
  const d = JSON.parse(text) as Disclosure;
  const again: Disclosure = {
    schema: d.schema, size: d.size,
    fields: d.fields.map(({ index, name, kind, present, value, salt, path }) => ({
      index, name, kind, present, value, salt, path: path.map((node) => node),
    })),
  };
  if (JSON.stringify(again) !== tight(text)) throw new Error("the disclosure is not in its one encoding");
  return d;
}

/** tight is the JSON text without white space between tokens, and without the three escapes that writers may choose. */
function tight(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (token) =>
    token[0] !== '"' ? "" : token.replace(/\\(?:u003c|u003e|u0026|.)/g, (escape) =>
      escape.length === 2 ? escape : String.fromCharCode(parseInt(escape.slice(2), 16))));
}

/** verify checks a disclosure as section 5 says, against the commitment and the layout that the verifier trusts. */
export function verify(d: Disclosure, schema: Uint8Array, fields: Field[], commitment: Uint8Array): boolean {
  try {
    checkDisclosure(d, schema, fields, commitment);
    return true;
  } catch {
    return false;
  }
}
