// The key of a subject, kept in this browser under a passphrase: PBKDF2 and AES-GCM of WebCrypto. Nothing of it leaves the
// browser, and without the passphrase it says nothing, not even the account.

/** What is kept. */
export interface Kept {
  words: string;
  /** Pseudonyms of the files that the key was used for. */
  subjects: string[];
}

const place = "creditd.key";
/** OWASP's advice of 2023 for PBKDF2 with SHA-256. */
const iterations = 600_000;

interface Sealed {
  v: 1;
  salt: string;
  iv: string;
  data: string;
}

export const minPassphrase = 10;

/** The passphrase is wrong, or what is kept was altered. */
export class WrongPassphrase extends Error {}

export const hasKey = (): boolean => localStorage.getItem(place) !== null;
export const forget = (): void => localStorage.removeItem(place);
/** Browsers offer WebCrypto to pages over HTTPS and of this machine alone. */
export const canKeep = (): boolean => globalThis.isSecureContext && crypto.subtle !== undefined;

const text = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

async function derive(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function seal(kept: Kept, passphrase: string): Promise<void> {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const key = await derive(passphrase, salt);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(kept)));
  const sealed: Sealed = { v: 1, salt: text(salt), iv: text(iv), data: text(new Uint8Array(data)) };
  localStorage.setItem(place, JSON.stringify(sealed));
}

export async function unseal(passphrase: string): Promise<Kept> {
  try {
    const sealed = JSON.parse(localStorage.getItem(place) ?? "") as Sealed;
    const key = await derive(passphrase, bytes(sealed.salt));
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(sealed.iv) }, key, bytes(sealed.data));
    return JSON.parse(new TextDecoder().decode(data)) as Kept;
  } catch {
    throw new WrongPassphrase();
  }
}
