// What the page says of every file of the Go program's vectors: each line in words, in both languages, and nothing of a file that is refused.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MantineProvider } from "@mantine/core";
import { InvalidReport, provenBy, verify, type Report } from "@creditd/client/report/index";
import i18next from "i18next";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it } from "vitest";

import en from "../../../i18n/en.json";
import zh from "../../../i18n/zh.json";
import { RefusedReport, ShownReport } from ".";
import { money } from "./words";

interface Vector {
  name: string;
  file?: string;
  of?: string;
  at?: number;
  cut?: number;
  put?: string;
  trusted_height: number;
  trusted_hash: string;
  now: string;
  report?: Report;
}

const vectors = JSON.parse(readFileSync(join(process.cwd(), "../../vault/report/testdata/vectors.json"), "utf8")) as Vector[];

function fileOf({ file, of, at = 0, cut = 0, put = "" }: Vector): string {
  const base = of === undefined ? file! : vectors.find(({ name }) => name === of)!.file!;
  return `${base.slice(0, at)}${put}${base.slice(at + cut)}\n`;
}

function page(v: Vector): { report?: Report; shown: ReactNode } {
  try {
    const report = verify(fileOf(v), { height: BigInt(v.trusted_height), hash: v.trusted_hash }, { now: new Date(v.now) });
    return { report, shown: <ShownReport of={report} byNode={false} /> };
  } catch (error) {
    if (!(error instanceof InvalidReport)) throw error;
    return { shown: <RefusedReport part={error.part} reason={error.message} /> };
  }
}

const render = (shown: ReactNode): string => renderToStaticMarkup(<MantineProvider>{shown}</MantineProvider>);

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en", resources: { en: { translation: en }, zh: { translation: zh } }, interpolation: { escapeValue: false },
  });
});

describe.each([["en", en], ["zh", zh]] as const)("in %s", (language, texts) => {
  it.each(vectors.map((v) => [v.name, v] as const))("%s", async (_, v) => {
    await i18next.changeLanguage(language);
    const { report, shown } = page(v);
    expect(report !== undefined).toBe(v.report !== undefined);
    const html = render(shown);
    expect(html).not.toMatch(/(report|verify|dispute|word)\.[a-zA-Z]+/); // a key without its text
    if (!report) {
      expect(html).toContain(texts.verify.nothing);
      expect(html).not.toContain("<article");
      return;
    }
    expect(html.includes(texts.report.complete)).toBe(report.complete && report.lines.length > 0);
    expect(html.match(/<article/g)?.length ?? 0).toBe(report.lines.length);
    for (const { proof } of report.lines) expect(html).toContain(texts.report.means[proof]);
    const unproven = report.lines.filter((line) => line.values && !provenBy(line.proof)).length;
    expect(html.match(/<details/g)?.length ?? 0).toBe(unproven);
    for (const f of report.furnishers) expect(html).toContain(f.name);
    expect(html).not.toContain("href="); // following a link would tell the node whose report is read
  });
});

it("writes amounts with the places of their currency", () => {
  expect([money("6000000", "USD"), money("-5", "USD"), money("12", "JPY"), money("1", "BHD"), money(undefined, "USD"), money("7")]).toEqual(
    ["60000.00 USD", "-0.05 USD", "12 JPY", "0.001 BHD", "–", "0.07"],
  );
});
