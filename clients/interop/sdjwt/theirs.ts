// The npm packages @sd-jwt/*, set up for the two algorithms.
import { SDJwtInstance } from "@sd-jwt/core";
import { ES256, digest, generateKeyPair, generateSalt, getSigner, getVerifier } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import type { Jwk } from "./creditd.js";

export const algorithms = ["ES256", "EdDSA"] as const;
export type Algorithm = (typeof algorithms)[number];

export interface KeyPair {
  publicKey: Jwk;
  privateKey: Jwk;
}

const ed25519 = { name: "Ed25519" };

export async function newKey(algorithm: Algorithm): Promise<KeyPair> {
  return algorithm === "ES256" ? ES256.generateKeyPair() : generateKeyPair(ed25519);
}

const signer = (algorithm: Algorithm, key: Jwk) =>
  algorithm === "ES256" ? ES256.getSigner(key) : getSigner(key, ed25519, ed25519);
const verifier = (algorithm: Algorithm, key: Jwk) =>
  algorithm === "ES256" ? ES256.getVerifier(key) : getVerifier(key, ed25519, ed25519);

/** config is for an issuer and verifier with the one key and a holder with the other. */
async function config(algorithm: Algorithm, issuer: KeyPair, holder: KeyPair) {
  return {
    signAlg: algorithm,
    signer: await signer(algorithm, issuer.privateKey),
    verifier: await verifier(algorithm, issuer.publicKey),
    kbSignAlg: algorithm,
    kbSigner: await signer(algorithm, holder.privateKey),
    kbVerifier: async (data: string, signature: string, payload: { cnf?: { jwk: object } }) =>
      (await verifier(algorithm, payload.cnf!.jwk as Jwk))(data, signature),
    hasher: digest,
    hashAlg: "sha-256" as const,
    saltGenerator: generateSalt,
  };
}

export const plain = async (algorithm: Algorithm, issuer: KeyPair, holder: KeyPair) =>
  new SDJwtInstance(await config(algorithm, issuer, holder));
export const vc = async (algorithm: Algorithm, issuer: KeyPair, holder: KeyPair) =>
  new SDJwtVcInstance(await config(algorithm, issuer, holder));
