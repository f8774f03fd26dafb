import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

export const join = concatBytes;
export const utf8 = utf8ToBytes;
export const hex = bytesToHex;

/** unhex reads lower-case hexadecimal digits of that many bytes. */
export function unhex(digits: string, size: number): Uint8Array {
  if (digits.length !== 2 * size || !/^[0-9a-f]*$/.test(digits)) throw new Error(`not ${size} bytes in lower-case hexadecimal`);
  return hexToBytes(digits);
}

/** unsigned is the number in size bytes, big-endian. */
export function unsigned(value: number | bigint, size: number): Uint8Array {
  let rest = BigInt(value);
  const out = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new Error(`a number does not fit ${size} bytes`);
  return out;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** order is negative when a comes before b, as bytes are compared in the state's keys. */
export function order(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** id is the hash of docs/commitment-format.md s.6: over the domain and the parts, each with its length. */
export function id(domain: string, ...parts: Uint8Array[]): Uint8Array {
  const name = utf8(domain);
  return sha256(join(unsigned(name.length, 1), name, ...parts.flatMap((part) => [unsigned(part.length, 4), part])));
}

/** toNumber reads bytes as an unsigned number, big-endian. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
