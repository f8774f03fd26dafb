// What people do on the pages, for several tests.
import { expect, type Page } from "@playwright/test";

import { content } from "./content";

export const lines = ["integrity", "issuer", "status", "freshness"] as const;

/** Check a file on the verify page against a header. */
export async function check(page: Page, text: string, hash = content.trusted_hash): Promise<void> {
  await page.getByLabel("Bundle").fill(text);
  await page.getByLabel("Height").fill(String(content.trusted_height));
  await page.getByLabel("Hash", { exact: true }).fill(hash);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
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
