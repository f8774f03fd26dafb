/** What a file is by how it begins: the report of many lines, or the bundle about one attestation. Checking says what is wrong with it. */
export type Kind = "report" | "bundle";

export const kindOf = (text: string): Kind => (text.startsWith('{"format":"creditd/report/') ? "report" : "bundle");

/** The text of a file, byte for byte: what is not UTF-8, or has a mark before it, is not made up for. */
export const textOf = async (file: File): Promise<string> => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());

/** The one encoding ends with a line feed, which gets lost where text is pasted; a file has to have it. */
export const whole = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

/** Height of the header that a file leads from, for the reader to know which to ask for. It is not verified. */
export async function startOf(text: string): Promise<string> {
  const { parse, readBlock } = kindOf(text) === "report" ? await import("@creditd/client/report/index") : await import("@creditd/client/proof/index");
  return String(readBlock(parse(whole(text)).blocks[0]!).header.height);
}
