// What the Go program says of reports with proofs (vault/report/vectors_test.go) against this implementation.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readJson } from "../testing.js";
import { InvalidReport, verify, type Report } from "./index.js";

interface Vector {
  name: string;
  file?: string;
  of?: string;
  at?: number;
  cut?: number;
  put?: string;
  trusted_height: number;
  trusted_hash: string;
  now: string;
  report?: Report;
}

const vectors = readJson<Vector[]>("vault/report/testdata/vectors.json");

/** The file of a vector: its own, or another's with a part replaced. */
function fileOf({ file, of, at = 0, cut = 0, put = "" }: Vector): string {
  if (of === undefined) return `${file}\n`;
  const base = vectors.find((each) => each.name === of)!.file!;
  return `${base.slice(0, at)}${put}${base.slice(at + cut)}\n`;
}

const ask = (v: Vector, file = fileOf(v)): Report =>
  verify(file, { height: BigInt(v.trusted_height), hash: v.trusted_hash }, { now: new Date(v.now) });

suite("reports", () => {
  assert.ok(vectors.some((v) => v.report?.complete) && vectors.some((v) => v.report && !v.report.complete) && vectors.some((v) => !v.report));
  for (const v of vectors) {
    test(v.name, () => {
      if (v.report) assert.deepEqual(ask(v), v.report);
      else assert.throws(() => ask(v), InvalidReport);
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

test("whatever single character is changed, the file is refused or a line is not verified any more, with its reason", () => {
  const v = vectors.find(({ name }) => name === "good")!;
  const text = fileOf(v);
  for (let i = 0; i < text.length; i += 151) {
    const changed = text.slice(0, i) + another(text[i]!, i) + text.slice(i + 1);
    let report: Report;
    try {
      report = ask(v, changed);
    } catch (error) {
      assert.ok(error instanceof InvalidReport);
      continue;
    }
    assert.ok(!report.complete && report.lines.every((line) => line.proof === "verified" || line.reason), `character ${i}: ...${text.slice(i - 40, i + 40)}...`);
  }
});

test("what is too large, too deep or written in another way is refused", () => {
  const v = vectors[0]!;
  const good = fileOf(v);
  const bad = [
    "", "null", "[]", " ".repeat((16 << 20) + 1), '{"blocks":['.repeat(1000), "[".repeat(1 << 20), good.trimEnd(), `${good}{}`,
    good.replace("creditd/report/v1", "creditd/report/v2"), good.replace('{"format"', '{"extra":1,"format"'), good.replace('{"format"', '{"__proto__":1,"format"'),
    good.replace(',"entries"', ', "entries"'), good.replace('"entries"', '"\\u0065ntries"'), good.replace('"records":["', '"records":"['),
    good.replace('"records":[', '"records":[null,'), good.replace('"header":"', '"header":"\\n'),
    good.replace('"answers":[', `"answers":[${Array.from({ length: 1001 }, (_, i) => `{"furnisher":"${String(i).padStart(4, "0")}","parts":[]}`).join()},`),
  ];
  for (const text of bad) {
    assert.notEqual(text, good);
    assert.throws(() => ask(v, text), InvalidReport, text.slice(0, 60));
  }
  const above = vectors.find(({ name }) => name === "from a header above, years later")!;
  const spelledOut = fileOf(above).replace('"},{"header"', '","commit":"","validators":[]},{"header"');
  assert.notEqual(spelledOut, fileOf(above));
  assert.throws(() => ask(above, spelledOut), InvalidReport, "what is empty is not written");
  assert.throws(() => verify(Uint8Array.of(0xff, 0xfe), { height: 1n, hash: v.trusted_hash }), InvalidReport);
});
