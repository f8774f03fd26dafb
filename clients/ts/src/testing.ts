// Finds the repository's files from wherever the compiled code lies. For tests alone.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export function repository(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "go.mod"))) return folder;
  }
  throw new Error("not inside creditd's repository");
}

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(repository(), path), "utf8")) as T;
