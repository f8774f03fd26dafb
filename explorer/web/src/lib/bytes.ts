// The chain's JSON writes bytes in base64; people and addresses of pages write them in hexadecimal.

/** Hexadecimal digits of bytes in base64 (either alphabet); "" for what is not base64. */
export function hexOf(base64: string): string {
  try {
    return Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}

/** Base64 of hexadecimal digits, as paths and parameters of queries take bytes. */
export function base64Of(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((pair) => parseInt(pair, 16))));
}

/** Whether a text is bytes of that many in hexadecimal. */
export function isHex(text: string, bytes: number): boolean {
  return text.length === 2 * bytes && /^[0-9a-f]*$/i.test(text);
}
