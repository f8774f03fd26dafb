// Licence, key and profile of each furnisher with a line or an answer, and the data user's licence; and what furnishers signed.
import { fromBech32 } from "@cosmjs/encoding";
import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { BaseAccountSchema } from "../gen/cosmos/auth/v1beta1/auth_pb.js";
import { PubKeySchema } from "../gen/cosmos/crypto/secp256k1/keys_pb.js";
import { ProfileSchema, type Profile } from "../gen/creditd/credit/v1/profile_pb.js";
import { InquiryKind, ParamsSchema } from "../gen/creditd/credit/v1/types_pb.js";
import { InstitutionSchema, type Institution } from "../gen/creditd/institution/v1/types_pb.js";
import { equal, id, utf8 } from "../proof/bytes.js";
import { decode } from "../proof/proto.js";
import { within, type ProvenState } from "../proof/state.js";
import type { Collected } from "./collect.js";
import { addressText, key, must } from "./entries.js";
import type { Answer } from "./file.js";
import type { Issuer } from "./judge.js";

const prefix = { institution: 1, account: 1, params: 0, profile: 31, jurisdiction: 32 };

export interface Signer extends Issuer {
  key: Uint8Array; // secp256k1, compressed
}

export interface Parties {
  furnishers: Map<string, Signer>; // by operator, ascending
  institutions: Map<string, Institution>; // of these, and of the data user
}

/** Reads them in the order of their addresses; each jurisdiction's profile once. */
export function readParties(state: ProvenState, c: Collected, answers: Answer[]): Parties {
  const operators = [...new Set([...c.found.map((each) => each.tradeline.furnisher), ...answers.map((each) => each.furnisher)])].sort();
  const profiles = new Map<string, Profile>();
  const parties: Parties = { furnishers: new Map(), institutions: new Map() };
  for (const operator of operators) {
    const institution = readInstitution(state, operator);
    const key = within(`account ${operator}`, () => readKey(state, operator));
    const profile = profiles.get(institution.jurisdiction) ?? readProfile(state, institution.jurisdiction);
    profiles.set(institution.jurisdiction, profile);
    parties.furnishers.set(operator, { institution, key, profile });
    parties.institutions.set(operator, institution);
  }
  const { dataUser, kind } = c.inquiry;
  if (!parties.institutions.has(dataUser) && kind !== InquiryKind.OWN) parties.institutions.set(dataUser, readInstitution(state, dataUser));
  return parties;
}

/** The bytes of an account in its one text. */
function addressOf(operator: string): Uint8Array {
  try {
    const { data } = fromBech32(operator, 1023);
    if (data.length > 0 && data.length <= 255 && addressText(data) === operator) return data;
  } catch {
    // said below
  }
  throw new Error(`${operator.slice(0, 100)} is no address of an institution`);
}

const readInstitution = (state: ProvenState, operator: string): Institution =>
  must(state, "institution", `institution ${operator}`, InstitutionSchema, key(prefix.institution, addressOf(operator)));

/** The key that an account signs with. Institutions have secp256k1 keys. */
function readKey(state: ProvenState, operator: string): Uint8Array {
  const address = addressOf(operator);
  const packed = must(state, "acc", "account", AnySchema, key(prefix.account, address));
  if (packed.typeUrl !== `/${BaseAccountSchema.typeName}`) throw new Error(`an account of type ${packed.typeUrl.slice(0, 100)}`);
  const { pubKey } = decode("account", BaseAccountSchema, packed.value);
  if (pubKey?.typeUrl !== `/${PubKeySchema.typeName}`) throw new Error("the chain does not know its key, or it is no secp256k1 key");
  const { key: bytes } = decode("key", PubKeySchema, pubKey.value);
  if (bytes.length !== 33 || !equal(ripemd160(sha256(bytes)), address)) throw new Error("the key is not that of the address");
  return bytes;
}

/** The profile that a jurisdiction selects. Without one no line's clock can be checked, and the lines say so. */
function readProfile(state: ProvenState, jurisdiction: string): Profile {
  const named = state.read("credit", key(prefix.jurisdiction, utf8(jurisdiction)));
  const code = named ?? utf8(must(state, "credit", "parameters", ParamsSchema, Uint8Array.of(prefix.params)).defaultProfile);
  if (code.length === 0) return create(ProfileSchema);
  const profile = must(state, "credit", "profile", ProfileSchema, key(prefix.profile, code));
  profile.code = new TextDecoder().decode(code); // the key has it, and the value not
  return profile;
}

/** Checks that a furnisher signed each part of an answer and returns the digest of the answer, which is that of its receipt. */
export function answerDigest(signer: Uint8Array, { furnisher, parts }: Answer): Uint8Array {
  for (const { digest, signature } of parts) {
    if (!signed(signer, digest, signature)) throw new Error(`answer of ${furnisher}: a part is not signed with the furnisher's key`);
  }
  return id("creditd/vault/answer/v1", ...parts.map(({ digest }) => digest));
}

/** As an account of the SDK signs: over the SHA-256 of the message, 64 bytes, the lower of both s. */
function signed(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return signature.length === 64 && secp256k1.verify(signature, message, key, { prehash: true, lowS: true, format: "compact" });
  } catch {
    return false; // not a point, or not a signature
  }
}

/** The digest of a data user's receipt: over all answers. */
export const reportDigest = (answers: { furnisher: string; digest: Uint8Array }[]): Uint8Array =>
  id("creditd/vault/report/v1", ...answers.flatMap(({ furnisher, digest }) => [utf8(furnisher), digest]));
