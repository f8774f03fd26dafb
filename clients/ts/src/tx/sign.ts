// Transactions as bytes: SIGN_MODE_DIRECT where the signer can, SIGN_MODE_LEGACY_AMINO_JSON otherwise (hardware wallets).
import { create, fromBinary, toBinary, type JsonObject, type Message } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { makeSignDoc as makeAminoDoc } from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import type { OfflineSigner } from "@cosmjs/proto-signing";

import { aminoType, fromAmino, toAmino } from "../cosmjs/amino.js";
import { PubKeySchema } from "../gen/cosmos/crypto/secp256k1/keys_pb.js";
import { SignMode } from "../gen/cosmos/tx/signing/v1beta1/signing_pb.js";
import { AuthInfoSchema, TxBodySchema, TxRawSchema, type TxBody } from "../gen/cosmos/tx/v1beta1/tx_pb.js";
import { messageOf, messages as known, typeUrl } from "../registry.js";
import { timeAt } from "../time.js";

/** One message: what `create(MsgFreezeSchema, {...})` makes. */
export type Msg = Message;

/** What a transaction is signed for. */
export interface Terms {
  chainId: string;
  account: bigint;
  /** A number in line, or a time (nanoseconds since 1970) until which it is good, in any order (ADR-070 of the SDK). */
  order: { sequence: bigint } | { until: bigint };
  gas: bigint;
  memo?: string;
  /** Who pays, if a fee is asked; none is on a creditd chain. */
  granter?: string;
}

export const pack = (message: Msg): Any => {
  const desc = messageOf(message.$typeName);
  return create(AnySchema, { typeUrl: typeUrl(desc), value: toBinary(desc, message) });
};

/** The transaction's body, the same for simulation and signature. */
export function makeBody(messages: Msg[], terms: Terms): TxBody {
  return create(TxBodySchema, {
    messages: messages.map(pack), memo: terms.memo ?? "",
    ...("until" in terms.order && { unordered: true, timeoutTimestamp: timeAt(terms.order.until) }),
  });
}

function authInfo(publicKey: Uint8Array, terms: Terms, mode: SignMode): Uint8Array {
  const key = create(PubKeySchema, { key: publicKey });
  return toBinary(AuthInfoSchema, create(AuthInfoSchema, {
    signerInfos: [{
      publicKey: { typeUrl: typeUrl(PubKeySchema), value: toBinary(PubKeySchema, key) },
      modeInfo: { sum: { case: "single", value: { mode } } }, sequence: "sequence" in terms.order ? terms.order.sequence : 0n,
    }],
    fee: { gasLimit: terms.gas, granter: terms.granter ?? "" },
  }));
}

/** The transaction without a signature, for a node to say how much gas it takes. */
export function unsigned(messages: Msg[], publicKey: Uint8Array, terms: Terms): Uint8Array {
  return toBinary(TxRawSchema, create(TxRawSchema, {
    bodyBytes: toBinary(TxBodySchema, makeBody(messages, terms)), authInfoBytes: authInfo(publicKey, terms, SignMode.DIRECT), signatures: [new Uint8Array()],
  }));
}

/** Whether a signer signs what is written as protobuf; the others sign JSON. */
export const signsDirect = (signer: OfflineSigner): boolean => "signDirect" in signer;

/** Signs with the account of that address. What the signer changed (memo, fee) is what is sent. */
export async function sign(signer: OfflineSigner, address: string, messages: Msg[], terms: Terms): Promise<Uint8Array> {
  const account = (await signer.getAccounts()).find((each) => each.address === address);
  if (!account) throw new Error(`the signer has no key of ${address}`);
  if ("signDirect" in signer) {
    const { signed, signature } = await signer.signDirect(address, {
      bodyBytes: toBinary(TxBodySchema, makeBody(messages, terms)), authInfoBytes: authInfo(account.pubkey, terms, SignMode.DIRECT),
      chainId: terms.chainId, accountNumber: terms.account,
    });
    return raw(signed.bodyBytes, signed.authInfoBytes, signature.signature);
  }
  if (!("sequence" in terms.order)) throw new Error("a signer of amino JSON signs in sequence only");
  const json = messages.map((message) => {
    const desc = messageOf(message.$typeName);
    return { type: aminoType(desc), value: toAmino(desc, message) as JsonObject };
  });
  const fee = { amount: [], gas: String(terms.gas), ...(terms.granter && { granter: terms.granter }) };
  const { signed, signature } = await signer.signAmino(
    address, makeAminoDoc(json, fee, terms.chainId, terms.memo, String(terms.account), String(terms.order.sequence)));
  const sent: Terms = { ...terms, gas: BigInt(signed.fee.gas), memo: signed.memo, ...(signed.fee.granter && { granter: signed.fee.granter }) };
  const body = makeBody(signed.msgs.map(({ type, value }) => fromAmino(byAminoType(type), value)), sent);
  return raw(toBinary(TxBodySchema, body), authInfo(account.pubkey, sent, SignMode.LEGACY_AMINO_JSON), signature.signature);
}

function byAminoType(type: string) {
  const found = known.find((each) => aminoType(each) === type);
  if (!found) throw new Error(`the signer gave back a message ${type} that it was not given`);
  return found;
}

const raw = (bodyBytes: Uint8Array, authInfoBytes: Uint8Array, signature: string): Uint8Array =>
  toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes, signatures: [fromBase64(signature)] }));

/** The answer to message i of a transaction, by the type of it. */
export const answerOf = (packed: Any): Message => fromBinary(messageOf(packed.typeUrl), packed.value);
