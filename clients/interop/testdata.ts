// Finds the repository's files from wherever the compiled code lies.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function repository(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "go.mod"))) return folder;
  }
  throw new Error("not inside creditd's repository");
}

/** readText reads a file by its path in the repository. */
export function readText(path: string): string {
  return readFileSync(join(repository(), path), "utf8");
}

/** readVectors reads one of the JSON files of test vectors of the commitment format. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readText(`x/attestation/commitment/testdata/${name}`)) as T;
}
