// Bytes and numbers as the format writes them. What the TypeScript client needs too is the client's.
import { unhex as sized } from "../../ts/src/proof/bytes.js";

export { equal, id, join, toNumber, unsigned, utf8 } from "../../ts/src/proof/bytes.js";

/** unhex reads lower-case hexadecimal digits, of which there are 2 * size if a size is given. */
export const unhex = (digits: string, size = digits.length / 2): Uint8Array => sized(digits, size);
