// The Go program's verdicts (proof/vectors_test.go) against this implementation.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readJson } from "../testing.js";
import { InvalidBundle, verify, type Verdict } from "./index.js";

interface Vector {
  name: string;
  bundle: string;
  trusted_height: number;
  trusted_hash: string;
  now: string;
  max_age_seconds?: number;
  absent?: boolean;
  verdict?: Verdict;
}

const vectors = readJson<Vector[]>("proof/testdata/vectors.json");
const ask = (v: Vector, bundle = `${v.bundle}\n`): Verdict =>
  verify(bundle, { height: BigInt(v.trusted_height), hash: v.trusted_hash }, {
    now: new Date(v.now), ...(v.max_age_seconds && { maxAge: v.max_age_seconds }), ...(v.absent && { absent: true }),
  });

suite("verdicts", () => {
  assert.ok(vectors.some((v) => v.verdict?.good) && vectors.some((v) => v.verdict && !v.verdict.good) && vectors.some((v) => !v.verdict));
  for (const v of vectors) {
    test(v.name, () => {
      if (v.verdict) assert.deepEqual(ask(v), v.verdict);
      else assert.throws(() => ask(v), InvalidBundle);
    });
  }
});

/** Another digit or letter in place of one: mostly what is as well-formed there. */
function another(character: string, seed: number): string {
  for (const alphabet of ["0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/"]) {
    const at = alphabet.indexOf(character);
    if (at >= 0) return alphabet[(at + 1 + (seed % (alphabet.length - 1))) % alphabet.length]!;
  }
  return character === "," ? ";" : ",";
}

suite("whatever single character is changed, the bundle is refused", () => {
  for (const name of ["in a batch", "under an anchor", "absent"]) {
    test(name, () => {
      const v = vectors.find((each) => each.name === name)!;
      const text = `${v.bundle}\n`;
      ask(v);
      for (let i = 0; i < text.length; i += 29) {
        const changed = text.slice(0, i) + another(text[i]!, i) + text.slice(i + 1);
        assert.throws(() => ask(v, changed), InvalidBundle, `character ${i} from ${text[i]} to ${changed[i]}: ...${text.slice(i - 40, i + 40)}...`);
      }
    });
  }
});

test("what is too large, too deep or written in another way is refused", () => {
  const v = vectors[0]!;
  const good = `${v.bundle}\n`;
  const id = /"id":"([0-9a-f]{64})"/.exec(good)![1]!;
  const bad = [
    "", "null", "[]", " ".repeat((16 << 20) + 1), '{"blocks":['.repeat(1000), "[".repeat(1 << 20), v.bundle, `${good}{}`,
    good.replace("creditd/proof/v1", "creditd/proof/v2"), good.replace('{"format"', '{"extra":1,"format"'),
    good.replace('{"format"', '{"format":"creditd/proof/v1","format"'), good.replace(',"entries"', ', "entries"'),
    good.replace('"entries"', '"\\u0065ntries"'), good.replace('"entries"', '"Entries"'), good.replace(id, id.toUpperCase()),
    good.replace('"index":0', '"index":0.0'), good.replace('"stores":[', '"stores":"['), good.replace('"header":"', '"header":"\\n'),
    good.replace('{"format"', '{"__proto__":1,"format"'),
  ];
  for (const text of bad) {
    assert.notEqual(text, good);
    assert.throws(() => ask(v, text), InvalidBundle, text.slice(0, 60));
  }
  assert.throws(() => verify(Uint8Array.of(0xff, 0xfe), { height: 1n, hash: v.trusted_hash }), InvalidBundle);
});
