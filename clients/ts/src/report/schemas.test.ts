// The table of built-in schemas against the chain's own files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, id, unsigned, utf8 } from "../proof/bytes.js";
import { kinds, type Kind } from "../proof/record.js";
import { readJson } from "../testing.js";
import { builtIn } from "./schemas.js";

interface File {
  name: string;
  version: number;
  revocable?: boolean;
  accredited?: boolean;
  listed?: boolean;
  issuer_roles?: string[];
  fields: { name: string; kind: Kind; unit: string; disclosable?: boolean; circuit?: boolean; summed?: boolean }[];
  json_schema: object;
}

const files = ["licence", "score", "tax-standing", "tradeline-firm", "tradeline-person", "utility-payment"];
const bit = (value: boolean | undefined): Uint8Array => Uint8Array.of(value ? 1 : 0);

/** docs/commitment-format.md s.6, x/attestation/schemas: of a schema that no institution created. */
function schemaID(s: File): string {
  const none = new Uint8Array();
  const roles = (s.issuer_roles ?? []).toSorted();
  return hex(id("creditd/schema/v2",
    none, utf8(s.name), unsigned(s.version, 4), none, bit(s.revocable), bit(s.accredited), bit(s.listed), none, utf8(JSON.stringify(s.json_schema)),
    unsigned(roles.length, 2), ...roles.map(utf8), unsigned(0, 2), unsigned(s.fields.length, 2),
    ...s.fields.flatMap((f) => [utf8(f.name), unsigned(kinds[f.kind], 1), utf8(f.unit), bit(f.disclosable), bit(f.circuit), bit(f.summed)])));
}

test("the schemas are those that the chain begins with", () => {
  const found = files.map((name) => readJson<File>(`x/attestation/schemas/${name}.json`));
  assert.deepEqual(
    builtIn.map(({ id, name, fields }) => ({ id, name, fields })),
    found.map((s) => ({
      id: schemaID(s), name: s.name, fields: s.fields.map(({ name, kind, circuit, summed }) => ({ name, kind, circuit: circuit ?? false, summed: summed ?? false })),
    })),
  );
});
