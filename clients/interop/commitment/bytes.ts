// Bytes and numbers as the format writes them.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

export const join = concatBytes;
export const utf8 = utf8ToBytes;

/** unhex reads lower-case hexadecimal digits, of which there are 2 * size if a size is given. */
export function unhex(digits: string, size?: number): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error("not lower-case hexadecimal");
  if (size !== undefined && digits.length !== 2 * size) throw new Error(`not ${size} bytes`);
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

/** toNumber reads bytes as an unsigned number, big-endian. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** id is the hash of section 6: over the domain and the parts, each with its length. */
export function id(domain: string, ...parts: Uint8Array[]): Uint8Array {
  const name = utf8(domain);
  return sha256(join(unsigned(name.length, 1), name, ...parts.flatMap((part) => [unsigned(part.length, 4), part])));
}
