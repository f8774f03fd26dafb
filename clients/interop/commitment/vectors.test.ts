// The repository's vectors against this implementation. What is refused is refused by rules of the documentation, not by
// what the Go code answered.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bytesToHex as hex } from "@noble/hashes/utils.js";
import { readVectors } from "../testdata.js";
import { id, toNumber, unhex } from "./bytes.js";
import * as hidden from "./hidden.js";
import * as ids from "./ids.js";
import * as merkle from "./merkle.js";
import * as poseidon2 from "../../ts/src/proof/poseidon2.js";
import * as record from "./record.js";

interface CommitmentVectors {
  commitments: {
    name: string; schema_id: string; fields: record.Field[]; record: record.Record; seed: string;
    leaves: { salt: string; data: string; hash: string }[];
    tree_root: string; commitment: string; disclose: string[]; disclosure: record.Disclosure;
  }[];
  ids: { domain: string; parts: string[]; id: string }[];
  canonical: { kind: record.Kind; text: string; ok: boolean }[];
}

suite("vectors.json", () => {
  const vectors = readVectors<CommitmentVectors>("vectors.json");
  for (const v of vectors.commitments) {
    const [schema, seed, commitment] = [unhex(v.schema_id, 32), unhex(v.seed, 32), unhex(v.commitment, 32)];
    test(`commitment: ${v.name}`, () => {
      v.fields.forEach((field, i) => {
        const salt = record.salt(seed, i);
        assert.equal(hex(salt), v.leaves[i]!.salt);
        assert.equal(hex(record.leafData(salt, i, field, v.record[field.name])), v.leaves[i]!.data);
      });
      const leaves = record.leaves(v.fields, v.record, seed);
      assert.deepEqual(leaves.map((leaf) => hex(leaf)), v.leaves.map((leaf) => leaf.hash));
      assert.equal(hex(merkle.root(leaves)), v.tree_root);
      assert.equal(hex(record.commit(schema, v.fields, v.record, seed)), v.commitment);
    });
    test(`disclosure: ${v.name}`, () => {
      assert.deepEqual(new Set(v.disclosure.fields.map((field) => field.name)), new Set(v.disclose));
      assert.ok(record.verify(v.disclosure, schema, v.fields, commitment));
      const changes: ((d: record.Disclosure) => void)[] = [
        (d) => { d.schema = "00".repeat(32); },
        (d) => { d.size++; },
        (d) => { d.fields = []; },
        (d) => { d.fields.push(d.fields[0]!); },
        (d) => { d.fields[0]!.index++; },
        (d) => { d.fields[0]!.name += "x"; },
        (d) => { d.fields[0]!.present = !d.fields[0]!.present; },
        (d) => { d.fields[0]!.value += "1"; },
        (d) => { d.fields[0]!.salt = "00".repeat(32); },
        (d) => { d.fields[0]!.path.push("00".repeat(32)); },
      ];
      changes.forEach((change, i) => {
        const altered = structuredClone(v.disclosure);
        change(altered);
        assert.ok(!record.verify(altered, schema, v.fields, commitment), `change ${i}`);
      });
      assert.ok(!record.verify(v.disclosure, schema, v.fields, new Uint8Array(32)));
    });
  }
  test("a disclosure has one encoding", () => {
    const { disclosure } = vectors.commitments[1]!;
    const text = JSON.stringify(disclosure);
    for (const good of [text, JSON.stringify(disclosure, null, 2), text.replace("<", "\\u003c")]) {
      assert.deepEqual(record.readDisclosure(good), disclosure);
    }
    for (const bad of [
      `${text}x`, text.replace('"size"', '"more":1,"size"'), text.replace('"size"', '"size":7,"size"'),
      text.replace('"size":7,', "").replace("}]}", '}],"size":7}'), text.replace('"size":7', '"size":7.0'),
      text.replace("text", "\\u0074ext"), " ".repeat(524_288) + text,
    ]) {
      assert.notEqual(bad, text);
      assert.throws(() => record.readDisclosure(bad));
    }
  });
  test("ids", () => {
    assert.ok(vectors.ids.length > 0);
    for (const v of vectors.ids) assert.equal(hex(id(v.domain, ...v.parts.map((part) => unhex(part)))), v.id);
  });
  test("canonical texts", () => {
    assert.ok(vectors.canonical.length > 0);
    for (const { kind, text, ok } of vectors.canonical) {
      assert.equal(record.canonical(kind, text), ok, `${kind} ${JSON.stringify(text)}`);
    }
  });
});

interface IDVectors {
  statements: {
    name: string; subject: string; commitment: string; valid_from: string; expires_at: string;
    circuit_commitment: string; amount_commitments: string[]; reference: string; digest: string; anchor_leaf: string;
  }[];
  batches: { schema_id: string; issuer: string; accreditation_id: string; statements: number[]; id: string }[];
  anchors: { schema_id: string; issuer: string; accreditation_id: string; root: string; size: number; id: string }[];
  attestations: { container: string; index: number; id: string }[];
}

suite("ids.json", () => {
  const vectors = readVectors<IDVectors>("ids.json");
  const digests = vectors.statements.map((v) =>
    ids.statementDigest({
      subject: unhex(v.subject, 32), commitment: unhex(v.commitment, 32),
      ...(v.valid_from && { validFrom: ids.nanoseconds(v.valid_from) }),
      ...(v.expires_at && { expiresAt: ids.nanoseconds(v.expires_at) }),
      circuit: unhex(v.circuit_commitment), amounts: v.amount_commitments.map((amount) => unhex(amount, 32)),
      reference: unhex(v.reference),
    }));
  test("statements", () => {
    assert.ok(vectors.statements.length > 0);
    vectors.statements.forEach((v, i) => {
      assert.equal(hex(digests[i]!), v.digest, v.name);
      assert.equal(hex(ids.anchorLeaf(digests[i]!)), v.anchor_leaf, v.name);
    });
  });
  test("batches", () => {
    assert.ok(vectors.batches.length > 0);
    for (const v of vectors.batches) {
      const batch = ids.batchID(
        unhex(v.schema_id, 32), unhex(v.issuer), unhex(v.accreditation_id), v.statements.map((place) => digests[place]!));
      assert.equal(hex(batch), v.id);
    }
  });
  test("anchors", () => {
    assert.ok(vectors.anchors.length > 0);
    const root = merkle.root(digests.map(ids.anchorLeaf));
    for (const v of vectors.anchors) {
      assert.equal(hex(root), v.root);
      assert.equal(hex(ids.anchorID(unhex(v.schema_id, 32), unhex(v.issuer), unhex(v.accreditation_id), root, v.size)), v.id);
    }
  });
  test("attestations", () => {
    assert.ok(vectors.attestations.length > 0);
    for (const v of vectors.attestations) assert.equal(hex(ids.attestationID(unhex(v.container, 28), v.index)), v.id);
  });
});

interface MerkleVectors {
  leaves: string[]; leaf_hashes: string[]; roots: string[];
  inclusion: { index: number; size: number; leaf_hash: string; path: string[]; root: string; ok: boolean }[];
  consistency: { first: number; second: number; first_root: string; second_root: string; path: string[]; ok: boolean }[];
}

suite("merkle.json", () => {
  const vectors = readVectors<MerkleVectors>("merkle.json");
  const nodes = (path: string[]): Uint8Array[] => path.map((node) => unhex(node, 32));
  test("roots", () => {
    const leaves = vectors.leaves.map((data) => merkle.hashLeaf(unhex(data)));
    assert.deepEqual(leaves.map((leaf) => hex(leaf)), vectors.leaf_hashes);
    vectors.roots.forEach((want, i) => assert.equal(hex(merkle.root(leaves.slice(0, i + 1))), want));
  });
  test("inclusion", () => {
    assert.ok(vectors.inclusion.some((v) => v.ok) && vectors.inclusion.some((v) => !v.ok));
    for (const v of vectors.inclusion) {
      const root = merkle.rootFromPath(unhex(v.leaf_hash, 32), v.index, v.size, nodes(v.path));
      assert.equal(root !== undefined && hex(root) === v.root, v.ok, `leaf ${v.index} of ${v.size}`);
    }
  });
  test("consistency", () => {
    assert.ok(vectors.consistency.some((v) => v.ok) && vectors.consistency.some((v) => !v.ok));
    for (const v of vectors.consistency) {
      const [a, b] = [unhex(v.first_root, 32), unhex(v.second_root, 32)];
      assert.equal(merkle.consistent(v.first, v.second, a, b, nodes(v.path)), v.ok, `${v.first} of ${v.second}`);
    }
  });
});

interface CircuitVectors {
  poseidon2: { parameters: string; first_and_last_round_keys: string[]; input: string[]; output: string[] };
  generator_h: string;
  records: {
    name: string; schema_id: string; subject: string; fields: hidden.HiddenField[]; record: record.Record; seed: string;
    commitment: string; circuit_salt: string; circuit_commitment: string;
    amounts: { field: string; value: string; blinding: string; commitment: string }[];
  }[];
  sum: { value: string; blinding: string; commitment: string };
  elements: { bytes: string; ok: boolean }[];
  points: { bytes: string; ok: boolean }[];
}

suite("circuit.json", () => {
  const vectors = readVectors<CircuitVectors>("circuit.json");
  test("Poseidon2", () => {
    assert.equal(poseidon2.parameters, vectors.poseidon2.parameters);
    const keys = [poseidon2.roundKeys[0]![0]!, poseidon2.roundKeys.at(-1)!.at(-1)!];
    const numbers = (all: string[]): bigint[] => all.map((digits) => toNumber(unhex(digits, 32)));
    assert.deepEqual(keys, numbers(vectors.poseidon2.first_and_last_round_keys));
    const [a, b] = numbers(vectors.poseidon2.input);
    assert.deepEqual(poseidon2.permute([a!, b!]), numbers(vectors.poseidon2.output));
  });
  test("the generator of blindings", () => assert.equal(hex(hidden.generatorH), vectors.generator_h));
  for (const v of vectors.records) {
    test(`record: ${v.name}`, () => {
      const [schema, subject, seed] = [unhex(v.schema_id, 32), unhex(v.subject, 32), unhex(v.seed, 32)];
      assert.equal(hex(record.commit(schema, v.fields, v.record, seed)), v.commitment);
      assert.equal(hidden.circuitSalt(seed), toNumber(unhex(v.circuit_salt, 32)));
      const circuit = hidden.circuitCommitment(schema, subject, v.fields, v.record, seed);
      assert.equal(circuit === undefined ? "" : hex(circuit), v.circuit_commitment);

      const summed = v.fields.filter((field) => field.summed);
      assert.deepEqual(summed.map((field) => field.name), v.amounts.map((amount) => amount.field));
      for (const amount of v.amounts) {
        const value = v.record[amount.field] ?? "0";
        const blinding = hidden.blinding(seed, v.fields.findIndex((field) => field.name === amount.field));
        assert.equal(value, amount.value);
        assert.equal(blinding, hidden.scalar(unhex(amount.blinding, 32)));
        assert.equal(hex(hidden.amountCommitment(BigInt(value), blinding)), amount.commitment);
      }
    });
  }
  test("the sum of all amounts", () => {
    const amounts = vectors.records.flatMap((v) => v.amounts);
    const value = amounts.reduce((sum, amount) => sum + BigInt(amount.value), 0n);
    assert.equal(String(value), vectors.sum.value);
    assert.equal(hex(hidden.addCommitments(amounts.map((amount) => unhex(amount.commitment, 32)))), vectors.sum.commitment);
    const blinding = hidden.scalar(unhex(vectors.sum.blinding, 32));
    assert.equal(hex(hidden.amountCommitment(value, blinding)), vectors.sum.commitment);
  });
  test("encodings", () => {
    assert.ok(vectors.elements.some((v) => v.ok) && vectors.points.some((v) => v.ok));
    for (const v of vectors.elements) assert.equal(hidden.isElement(unhex(v.bytes)), v.ok, v.bytes);
    for (const v of vectors.points) assert.equal(hidden.isPoint(unhex(v.bytes)), v.ok, v.bytes);
  });
});
