// SD-JWT in both directions between creditd (Go) and @sd-jwt/* (npm): each verifies what the other issues and presents,
// with both algorithms, with and without key binding.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { hashLeaf, root } from "../commitment/merkle.js";
import { bind, leafData, type Kind } from "../commitment/record.js";
import { committed, issue, now, present, verify, type Jwk, type Type } from "./creditd.js";
import { algorithms, newKey, plain, vc, type KeyPair } from "./theirs.js";

const aud = "https://lender.example";
const nonce = "n-0S6_WzA2Mj";
const types: Type[] = ["dc+sd-jwt", "vc+sd-jwt"];

// The record that creditd issues in these tests. `closed` has no value.
const fields: { name: string; kind: Kind; json?: unknown; text?: string }[] = [
  { name: "balance", kind: "amount", json: -250, text: "-250" },
  { name: "limit", kind: "amount", json: "9223372036854775807", text: "9223372036854775807" },
  { name: "opened", kind: "date", json: "2024-02-29", text: "2024-02-29" },
  { name: "closed", kind: "date" },
  { name: "secured", kind: "boolean", json: true, text: "true" },
  { name: "purpose", kind: "string", json: 'Zoë <&> "征信" 😀', text: 'Zoë <&> "征信" 😀' },
];
const everything = fields.filter((field) => field.json !== undefined).map((field) => field.name);
const shown = (names: string[]) =>
  Object.fromEntries(fields.filter((field) => names.includes(field.name)).map((field) => [field.name, field.json]));

/** record finds the disclosed fields in either profile. */
function record(payload: unknown): unknown {
  const claims = payload as { record?: unknown; credentialSubject?: { record?: unknown } };
  return claims.record ?? claims.credentialSubject?.record;
}

const recordFrame = (type: Type, names: string[]) => {
  const frame = { record: Object.fromEntries(names.map((name) => [name, true])) };
  return type === "dc+sd-jwt" ? frame : { credentialSubject: frame };
};

for (const algorithm of algorithms) {
  let issuer: KeyPair, holder: KeyPair;
  before(async () => {
    [issuer, holder] = [await newKey(algorithm), await newKey(algorithm)];
  });

  for (const type of types) {
    const theirs = () => (type === "dc+sd-jwt" ? vc(algorithm, issuer, holder) : plain(algorithm, issuer, holder));
    const ours = (bound: boolean) => issue({ key: issuer.privateKey, type, ...(bound && { holder: holder.publicKey }) });

    describe(`creditd issues ${type} with ${algorithm}`, () => {
      test("they verify the whole", async () => {
        const { payload, header } = await (await theirs()).verify(ours(false), { currentDate: now });
        assert.equal(header!["typ"], type);
        assert.deepEqual(record(payload), shown(everything));
      });

      test("creditd presents with key binding, they verify", async () => {
        const names = ["balance", "purpose"];
        const presentation = present({ credential: ours(true), disclose: names, holder: holder.privateKey, aud, nonce });
        const instance = await theirs();
        const { payload, kb } = await instance.verify(presentation, { currentDate: now, keyBindingNonce: nonce });
        assert.deepEqual(record(payload), shown(names));
        assert.equal(kb!.payload.aud, aud);
        await assert.rejects(instance.verify(presentation, { currentDate: now, keyBindingNonce: "another" }));
        await assert.rejects(instance.verify(ours(true), { currentDate: now, keyBindingNonce: nonce }));
        const other = await newKey(algorithm);
        const wrong = type === "dc+sd-jwt" ? await vc(algorithm, other, holder) : await plain(algorithm, other, holder);
        await assert.rejects(wrong.verify(presentation, { currentDate: now }));
      });

      for (const bound of [true, false]) {
        test(`they present with${bound ? "" : "out"} key binding, creditd verifies against the chain`, async () => {
          const instance = await theirs();
          const names = ["limit", "secured"];
          const kb = bound ? { kb: { payload: { aud, nonce, iat: now } } } : {};
          const presentation = await instance.present(ours(true), recordFrame(type, names) as never, kb);
          const request = { presentation, type, issuer: issuer.publicKey, attestation: true };
          const [good, wrongNonce, wrongVerifier] = verify(
            { ...request, ...(bound && { aud, nonce }) },
            { ...request, aud, nonce: "another" },
            { ...request, aud: "https://other.example", nonce },
          );
          assert.equal(good!.error, undefined);
          const { integrity } = good!.report!;
          assert.deepEqual(
            integrity.fields.map(({ name, value }) => [name, value]),
            fields.filter((field) => names.includes(field.name)).map((field) => [field.name, field.text]),
          );
          assert.equal(integrity.hidden, fields.length - names.length);
          assert.equal(integrity.holder_bound, bound);
          for (const bad of [wrongNonce, wrongVerifier]) assert.match(bad!.error!, /key binding/);
        });
      }

      test("disclosures are leaves of the commitment, by the implementation that is not creditd's", async () => {
        const decoded = await (await theirs()).decode(ours(false));
        const tie = decoded.jwt!.payload!["creditd"] as { schema: string; leaves: string[]; size: number };
        const leaves = tie.leaves.map((leaf) => new Uint8Array(Buffer.from(leaf, "base64url")));
        assert.equal(tie.size, fields.length);
        for (const disclosure of decoded.disclosures!) {
          const i = fields.findIndex((field) => field.name === disclosure.key);
          const salt = new Uint8Array(Buffer.from(disclosure.salt, "base64url"));
          const value = typeof disclosure.value === "string" ? disclosure.value : JSON.stringify(disclosure.value);
          assert.deepEqual(hashLeaf(leafData(salt, i, fields[i]!, value)), leaves[i]);
        }
        const commitment = bind(new Uint8Array(Buffer.from(tie.schema, "hex")), tie.size, root(leaves));
        assert.equal(Buffer.from(commitment).toString("hex"), committed());
      });
    });
  }

  describe(`they issue with ${algorithm}`, () => {
    const claims = {
      iss: "https://issuer.example", iat: now, vct: "https://issuer.example/account",
      given_name: "Zoë", address: { city: "台北", zip: "100" }, nationalities: ["TW", "DE"], score: 812,
    };
    const frame = { _sd: ["given_name", "address", "score"], address: { _sd: ["city"], _sd_decoy: 2 }, nationalities: { _sd: [0, 1] } };
    const issued = async (bound: boolean) =>
      (await vc(algorithm, issuer, holder)).issue(
        { ...claims, ...(bound && { cnf: { jwk: publicOnly(holder.publicKey) } }) },
        frame as never,
      );

    test("creditd verifies the whole: nested, array elements, decoys", async () => {
      const [answer] = verify({ presentation: await issued(false), type: "dc+sd-jwt", issuer: issuer.publicKey });
      assert.equal(answer!.error, undefined);
      assert.deepEqual(answer!.claims, claims);
    });

    test("they present with key binding, creditd verifies", async () => {
      const instance = await vc(algorithm, issuer, holder);
      const presentation = await instance.present(
        await issued(true),
        { address: { city: true }, nationalities: { 1: true } } as never,
        { kb: { payload: { aud, nonce, iat: now } } },
      );
      const request = { presentation, type: "dc+sd-jwt", issuer: issuer.publicKey, aud, nonce };
      const other = await newKey(algorithm);
      const [good, otherNonce, otherAudience, otherType, otherKey] = verify(
        request,
        { ...request, nonce: "another" },
        { ...request, aud: "https://other.example" },
        { ...request, type: "vc+sd-jwt" },
        { ...request, issuer: other.publicKey },
      );
      assert.equal(good!.error, undefined);
      const { iss, iat, vct } = claims;
      assert.deepEqual(good!.claims, {
        iss, iat, vct, cnf: { jwk: publicOnly(holder.publicKey) }, address: claims.address, nationalities: ["DE"],
      });
      assert.match(otherNonce!.error!, /nonce/);
      assert.match(otherAudience!.error!, /aud/);
      assert.match(otherType!.error!, /wrong typ/);
      assert.match(otherKey!.error!, /wrong signature/);
    });

    test("creditd presents with key binding, they verify", async () => {
      const presentation = present({ credential: await issued(true), disclose: ["score"], holder: holder.privateKey, aud, nonce });
      const { payload } = await (await vc(algorithm, issuer, holder)).verify(presentation, { currentDate: now, keyBindingNonce: nonce });
      assert.equal((payload as { score?: number }).score, 812);
      assert.equal((payload as { given_name?: string }).given_name, undefined);
    });

    test("creditd refuses what was changed", async () => {
      const credential = await issued(false);
      const changed = [
        credential.replace("~", "~~"),
        credential.slice(0, -1),
        `${credential}${Buffer.from('["salt","score",900]').toString("base64url")}~`,
        credential.replace(/~([^~]+)~/, "~$1~$1~"),
      ];
      for (const answer of verify(...changed.map((presentation) => ({ presentation, type: "dc+sd-jwt", issuer: issuer.publicKey })))) {
        assert.notEqual(answer.error, undefined);
      }
    });
  });
}

/** publicOnly leaves what a public key needs. */
function publicOnly(key: Jwk): Jwk {
  const { kty, crv, x, y } = key;
  return { kty: kty!, crv: crv!, x: x!, ...(y !== undefined && { y }) };
}
