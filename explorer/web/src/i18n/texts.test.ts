import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import en from "./en.json";
import zh from "./zh.json";

/** Texts by dotted key. Plural forms differ between languages: "_one" and "_other" are one key. */
function flat(texts: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") found.set((prefix + key).replace(/_(one|other)$/, ""), value);
    else for (const entry of flat(value as object, `${prefix}${key}.`)) found.set(...entry);
  }
  return found;
}

const english = flat(en);
const chinese = flat(zh);
const gaps = (text: string) => (text.match(/\{+\w+\}+/g) ?? []).toSorted();

describe("texts", () => {
  it("are in both languages", () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it("have the same gaps to fill in", () => {
    for (const [key, text] of english) expect(gaps(chinese.get(key) ?? ""), key).toEqual(gaps(text));
  });

  it("are Chinese in Chinese", () => {
    const names = ["network.version", "network.comet", "network.sdk"];
    for (const [key, text] of chinese) if (!names.includes(key)) expect(text, key).toMatch(/[\u4e00-\u9fff]|^\{/);
  });

  it("are there for whatever the pages say", () => {
    const source = join(process.cwd(), "src");
    for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(file)) continue;
      for (const [, key] of readFileSync(join(source, file), "utf8").matchAll(/\bt\(\s*"([\w.]+)"/g)) {
        expect(english.has(key!), `${file}: ${key}`).toBe(true);
      }
    }
  });
});
