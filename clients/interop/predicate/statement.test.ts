import assert from "node:assert/strict";
import { test } from "node:test";
import { toNumber, unhex } from "../commitment/bytes.js";
import { readText } from "../testdata.js";
import { activeLeaf, circuitID, issuerLeaf, nullifier, publicInputs, session, type Statement } from "./statement.js";

interface Vectors {
  statements: Statement[];
  leaf: { commitment: string; issuer: string[]; issuer_leaf: string; expires: bigint; leaf: string };
  marks: { secret: string; commitment: string; session: string; nullifier: string }[];
}

// Numbers of 64 bits do not fit JSON's numbers here: they are read as text.
const vectors = JSON.parse(
  readText("privacy/predicate/testdata/statements.json").replace(/("(?:expiry|expires)": )(\d+)/g, '$1"$2n"'),
  (_, value: unknown) => typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
) as Vectors;

const number = (hex: string): bigint => toNumber(unhex(hex));

test("public inputs of statements", () => {
  assert.ok(vectors.statements.length >= 7);
  for (const s of vectors.statements) {
    assert.deepEqual(circuitID(s.circuit), unhex(s.circuit_id), s.circuit);
    assert.deepEqual(publicInputs(s), s.public.map(number), s.circuit);
  }
});

test("leaves of issuers and attestations", () => {
  const { leaf } = vectors;
  const issuer = issuerLeaf(leaf.issuer.map((digits) => unhex(digits)));
  assert.equal(issuer, number(leaf.issuer_leaf));
  assert.equal(activeLeaf(number(leaf.commitment), issuer, leaf.expires), number(leaf.leaf));
});

test("sessions and nullifiers", () => {
  for (const m of vectors.marks) {
    assert.equal(session(number(m.secret)), number(m.session));
    assert.equal(nullifier(number(m.secret), number(m.commitment)), number(m.nullifier));
  }
});
