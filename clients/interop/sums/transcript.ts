// Transcripts of proofs: privacy/transcript/README.md.
import { sha512 } from "@noble/hashes/sha2.js";
import { join, utf8 } from "../commitment/bytes.js";

export const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** little is the bytes as a little-endian number. */
export function little(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
}

export function big64(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * (7 - i))) & 255n));
}

export class Transcript {
  #segment: Uint8Array[] = [Uint8Array.of(0)];

  constructor(domain: string) {
    this.append("domain", utf8(domain));
  }

  append(label: string, data: Uint8Array): void {
    this.#label(label);
    this.#segment.push(big64(BigInt(data.length)).slice(4), data);
  }

  number(label: string, value: bigint): void {
    this.append(label, big64(value));
  }

  scalar(label: string): bigint {
    this.#label(label);
    const digest = sha512(join(...this.#segment));
    this.#segment = [Uint8Array.of(0), digest];
    return little(sha512(join(Uint8Array.of(1), digest))) % order;
  }

  #label(label: string): void {
    this.#segment.push(Uint8Array.of(label.length), utf8(label));
  }
}
