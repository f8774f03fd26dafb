// Bytes and numbers as the format writes them. What the TypeScript client needs too is the client's.
import { unhex as sized } from "../../ts/src/proof/bytes.js";

export { equal, id, join, unsigned, utf8 } from "../../ts/src/proof/bytes.js";

/** unhex reads lower-case hexadecimal digits, of which there are 2 * size if a size is given. */
export const unhex = (digits: string, size = digits.length / 2): Uint8Array => sized(digits, size);

/** toNumber reads bytes as an unsigned number, big-endian. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
