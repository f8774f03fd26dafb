// The vectors of privacy/threshold against this implementation, and that nothing in them can be changed.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bytesToHex as hex, hexToBytes as unhex } from "@noble/hashes/utils.js";
import { bytesOf, combine, element, G } from "../sums/group.js";
import { little, Transcript } from "../sums/transcript.js";
import { readText } from "../testdata.js";
import * as threshold from "./threshold.js";

interface Vectors {
  lagrange: { indices: number[]; factors: string[] };
  dleq: { domain: string; public: string; base: string; value: string; proof: string };
  context: string; threshold: number; dealer: number; dealing: string;
  recipients: { index: number; secret: string; key: string; share: string }[];
  misdealing: string; victim: number; common: string; complaint: string;
}

suite("shared secrets", () => {
  const v = JSON.parse(readText("privacy/threshold/testdata/vectors.json")) as Vectors;
  const sharing: threshold.Sharing = {
    context: unhex(v.context), threshold: v.threshold,
    recipients: v.recipients.map((r) => ({ index: r.index, key: element(unhex(r.key)) })),
  };
  test("lagrange", () => {
    assert.deepEqual(threshold.lagrange(v.lagrange.indices).map((n) => hex(bytesOf(n))), v.lagrange.factors);
  });
  test("dleq", () => {
    const { public: pub, base, value, proof } = v.dleq;
    const verify = (bytes: Uint8Array, domain = v.dleq.domain) =>
      threshold.verifyDLEQ(new Transcript(domain), element(unhex(pub)), element(unhex(base)), element(unhex(value)), bytes);
    verify(unhex(proof));
    assert.throws(() => verify(unhex(proof), "another"));
    for (let at = 0; at < 64; at += 8) {
      const changed = unhex(proof);
      changed[at]! ^= 1;
      assert.throws(() => verify(changed));
    }
  });
  test("dealing", () => {
    const content = unhex(v.dealing);
    const dealing = threshold.verifyDealing(sharing, v.dealer, content);
    for (const r of v.recipients) {
      assert.ok(combine([little(unhex(r.secret)), G]).equals(element(unhex(r.key))));
      const opened = threshold.decrypt(sharing, v.dealer, dealing, r.index, combine([little(unhex(r.secret)), dealing.ephemeral]));
      assert.ok(opened.right);
      assert.equal(hex(bytesOf(opened.share)), r.share);
    }
    const some = v.recipients.slice(1);
    const factors = threshold.lagrange(some.map((r) => r.index));
    const secret = some.reduce((sum, r, i) => sum + factors[i]! * little(unhex(r.share)), 0n);
    assert.ok(combine([secret, G]).equals(dealing.commitments[0]!));
    assert.throws(() => threshold.verifyDealing(sharing, v.dealer + 1, content));
    assert.throws(() => threshold.verifyDealing({ ...sharing, context: unhex("00") }, v.dealer, content));
    for (let at = 0; at < content.length; at += 16) {
      const changed = Uint8Array.from(content);
      changed[at]! ^= 1;
      assert.throws(() => threshold.verifyDealing(sharing, v.dealer, changed), `byte ${at}`);
    }
  });
  test("complaint", () => {
    const lie = threshold.verifyDealing(sharing, v.dealer, unhex(v.misdealing));
    const judge = (index: number, proof = unhex(v.complaint)) =>
      threshold.judge(sharing, v.dealer, lie, index, unhex(v.common), proof);
    assert.ok(judge(v.victim));
    assert.throws(() => judge(v.victim + 1));
    const changed = unhex(v.complaint);
    changed[40]! ^= 1;
    assert.throws(() => judge(v.victim, changed));
  });
});
