// What people do on the pages, for several tests.
import { readFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { content } from "./content";

export const lines = ["integrity", "issuer", "status", "freshness"] as const;

/** Check a bundle on the verify page against a header. */
export async function check(page: Page, text: string, hash = content.trusted_hash): Promise<void> {
  await page.getByLabel("Bundle").fill(text);
  await against(page, content.trusted_height, hash);
}

/** Drop a file with a report on the verify page, and check it. */
export async function checkReport(page: Page, text: string, hash = content.report_hash): Promise<void> {
  const dataTransfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "report.proofs", { type: "application/json" }));
    return transfer;
  }, text);
  await page.getByLabel("Bundle").dispatchEvent("drop", { dataTransfer });
  await expect(page.getByLabel("Bundle")).toHaveValue(text);
  await against(page, content.report_height, hash);
}

async function against(page: Page, height: number, hash: string): Promise<void> {
  await page.getByLabel("Height").fill(String(height));
  await page.getByLabel("Hash", { exact: true }).fill(hash);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
}

/** All lines of the report are verified and stand on the page. */
export async function everyLine(page: Page): Promise<void> {
  await expect(page.getByTestId("report-verdict")).toContainText("Every line is verified");
  const { records } = JSON.parse(readFileSync(content.report, "utf8")) as { records: string[] };
  expect(records.length).toBeGreaterThan(1);
  await expect(page.getByTestId("line-verified")).toHaveCount(records.length);
  await expect(page.getByRole("region", { name: "Who was asked" })).toContainText("Aldermoor Bank");
}

export async function fourGood(page: Page): Promise<void> {
  await expect(page.getByText("All four are good")).toBeVisible();
  for (const line of lines) await expect(page.getByTestId(`line-${line}`)).toContainText("good");
  await expect(page.getByTestId("line-issuer")).toContainText("Aldermoor Bank");
}

/** Open a credit file by its number. */
export async function openFile(page: Page, number: string): Promise<void> {
  await page.getByLabel("Number of the credit file").fill(number);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("region", { name: "What happened to this file" })).toBeVisible();
}
