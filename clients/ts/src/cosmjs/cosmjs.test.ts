// What the SDK makes of each message (amino_test.go) against the converters, and both inside CosmJS.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { create, equals, fromBinary, toBinary, type JsonValue } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { DirectSecp256k1HdWallet, Registry } from "@cosmjs/proto-signing";
import { AminoTypes, SigningStargateClient } from "@cosmjs/stargate";

import { MsgFreezeSchema } from "../gen/creditd/credit/v1/tx_pb.js";
import { TxRawSchema, TxBodySchema } from "../gen/cosmos/tx/v1beta1/tx_pb.js";
import { messageOf, messages, typeUrl } from "../registry.js";
import { readJson } from "../testing.js";
import { aminoConverters } from "./amino.js";
import { registryTypes } from "./registry.js";

suite("amino JSON", () => {
  const vectors = readJson<{ type: string; proto: string; amino: { type: string; value: JsonValue } }[]>("clients/ts/testdata/amino.json");
  test("every message has vectors", () => {
    assert.deepEqual([...new Set(vectors.map((v) => v.type))].sort(), messages.map(typeUrl).sort());
  });
  for (const v of vectors) {
    test(`${v.type}, ${v.proto.length} characters`, () => {
      const desc = messageOf(v.type);
      const message = fromBinary(desc, base64Decode(v.proto));
      const converter = aminoConverters[v.type]!;
      assert.equal(converter.aminoType, v.amino.type);
      assert.deepEqual(converter.toAmino(message), v.amino.value);
      assert.ok(equals(desc, converter.fromAmino(v.amino.value), message));
    });
  }
});

suite("in CosmJS", () => {
  const registry = new Registry(registryTypes);
  const aminoTypes = new AminoTypes(aminoConverters as never);
  const words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  const fee = { amount: [], gas: "200000" };
  const signerData = { accountNumber: 7n, sequence: 3, chainId: "creditd-1" };
  for (const kind of [DirectSecp256k1HdWallet, Secp256k1HdWallet]) {
    test(`a signing client signs with ${kind.name}`, async () => {
      const wallet = await kind.fromMnemonic(words, { prefix: "credit" });
      const [account] = await wallet.getAccounts();
      const client = await SigningStargateClient.offline(wallet, { registry, aminoTypes });
      const value = { controller: account!.address, subject: new Uint8Array(32).fill(0xaa) };
      const { bodyBytes } = await client.sign(account!.address, [{ typeUrl: typeUrl(MsgFreezeSchema), value }], fee, "", signerData);
      const [packed] = fromBinary(TxBodySchema, Uint8Array.from(bodyBytes)).messages;
      assert.ok(equals(MsgFreezeSchema, fromBinary(MsgFreezeSchema, packed!.value), create(MsgFreezeSchema, value)));
    });
  }
  test("a transaction is read again", () => {
    const value = create(MsgFreezeSchema, { controller: "credit1", subject: Uint8Array.of(1) });
    const bytes = registry.encode({ typeUrl: typeUrl(MsgFreezeSchema), value });
    assert.deepEqual(bytes, toBinary(MsgFreezeSchema, value));
    assert.ok(equals(MsgFreezeSchema, registry.decode({ typeUrl: typeUrl(MsgFreezeSchema), value: bytes }) as never, value));
    assert.throws(() => fromBinary(TxRawSchema, Uint8Array.of(0xff)));
  });
});
