// The vectors of privacy/exposure against this implementation, and that nothing in them can be changed.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bytesToHex as hex, hexToBytes as unhex } from "@noble/hashes/utils.js";
import { utf8 } from "../commitment/bytes.js";
import { readText } from "../testdata.js";
import { type Element } from "./group.js";
import * as rounds from "./round.js";
import { Transcript } from "./transcript.js";
import { bytesOf } from "./group.js";

interface Vector {
  chain_id: string; round: string; kind: number; scope: string; cohort: string; epoch: number; key: string; asker: string;
  asker_key: string; asker_secret: string; expiry: number; sum: string; result: string; total: number;
  members: { address: string; index: number; public_share: string; attested: string; submission: string; share?: string }[];
}

test("transcript", () => {
  const t = new Transcript("creditd/test/v1");
  t.append("point", Uint8Array.of(1, 2, 3));
  t.number("bits", 64n);
  assert.equal(hex(bytesOf(t.scalar("y"))), "a1a33773dbc2a724111a77964ac3596f067aa2fbcd0023f0be1949ee93a0ad08");
  assert.equal(hex(bytesOf(t.scalar("z"))), "3438bd2c5b55bc44457f014f029c6175e34f6ea0e0c3eb6b4fe8076f78ead40e");
});

suite("rounds", () => {
  for (const v of JSON.parse(readText("privacy/exposure/testdata/vectors.json")) as Vector[]) {
    const round: rounds.Round = {
      chainID: v.chain_id, id: unhex(v.round), kind: v.kind, scope: unhex(v.scope), cohort: unhex(v.cohort), epoch: BigInt(v.epoch),
      key: unhex(v.key), asker: unhex(v.asker), askerKey: unhex(v.asker_key), expiry: BigInt(v.expiry),
    };
    const sum = unhex(v.sum);
    test(`kind ${v.kind}: a round`, () => {
      let total: Uint8Array = new Uint8Array(64);
      const shares: [number, Element, Element][] = [];
      for (const m of v.members) {
        total = rounds.add(total, rounds.verifySubmission(round, unhex(m.address), unhex(m.attested), unhex(m.submission)));
        if (m.share === undefined) continue;
        shares.push([m.index, ...rounds.verifyShare(round, unhex(m.address), sum, unhex(m.public_share), unhex(m.share))]);
      }
      assert.equal(hex(total), v.sum);
      assert.equal(hex(rounds.result(sum, shares)), v.result);
      assert.ok(rounds.opensTo(unhex(v.asker_secret), unhex(v.result), BigInt(v.total)));
      assert.ok(!rounds.opensTo(unhex(v.asker_secret), unhex(v.result), BigInt(v.total + 1)));
    });
    test(`kind ${v.kind}: refusals`, () => {
      const [m, other] = [v.members[0]!, v.members[1]!];
      const [address, attested, submission] = [unhex(m.address), unhex(m.attested), unhex(m.submission)];
      assert.throws(() => rounds.verifySubmission(round, unhex(other.address), attested, submission));
      assert.throws(() => rounds.verifySubmission({ ...round, expiry: round.expiry + 1n }, address, attested, submission));
      assert.throws(() => rounds.verifySubmission({ ...round, id: utf8("another round of thirty-two byte") }, address, attested, submission));
      for (let at = 0; at < submission.length; at += 32) {
        const changed = Uint8Array.from(submission);
        changed[at]! ^= 1;
        assert.throws(() => rounds.verifySubmission(round, address, attested, changed), `item ${at / 32}`);
      }
      const share = unhex(m.share!);
      assert.throws(() => rounds.verifyShare(round, address, unhex(v.result), unhex(m.public_share), share));
      assert.throws(() => rounds.verifyShare(round, address, sum, unhex(other.public_share), share));
    });
  }
});
