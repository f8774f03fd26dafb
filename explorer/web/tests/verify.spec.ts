import { readFileSync } from "node:fs";

import { expect, type Page, test } from "@playwright/test";

import { content } from "./content";
import { accessible, open, watch } from "./open";

const bundle = (): string => readFileSync(content.bundle, "utf8");

async function check(page: Page, text: string, hash = content.trusted_hash): Promise<void> {
  await page.getByLabel("Bundle").fill(text);
  await page.getByLabel("Height").fill(String(content.trusted_height));
  await page.getByLabel("Hash", { exact: true }).fill(hash);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
}

test("a good bundle is proven, without asking a node", async ({ page }) => {
  const wrong = watch(page);
  await open(page, "/verify");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await check(page, bundle());
  await expect(page.getByText("All four are good")).toBeVisible();
  for (const line of ["integrity", "issuer", "status", "freshness"]) await expect(page.getByTestId(`line-${line}`)).toContainText("good");
  await expect(page.getByTestId("line-issuer")).toContainText("Aldermoor Bank");
  // What goes on beside it is the state of the node in the head of the page.
  expect(asked.filter((path) => !path.startsWith("/ui/assets/") && !path.endsWith("/blocks/latest") && !path.startsWith("/creditd/institution/"))).toEqual([]);
  await accessible(page, "verify");
  expect(wrong).toEqual([]);
});

test("what is forged, altered or of another chain proves nothing", async ({ page }) => {
  await open(page, "/verify");
  const good = bundle();
  const at = good.indexOf('"entries"') + 120;
  const altered = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
  for (const [text, hash] of [[altered, content.trusted_hash], [good, "ab".repeat(32)], [good.slice(0, 500), content.trusted_hash]] as const) {
    await check(page, text, hash);
    await expect(page.getByText("This proves nothing")).toBeVisible();
    await expect(page.getByTestId("line-integrity")).toContainText("not good");
    await expect(page.getByTestId("line-status")).toContainText("Not known");
  }
  await check(page, good, "not a hash");
  await expect(page.getByRole("alert")).toContainText("64 hexadecimal digits");
});

test("a header of this node is said to be that", async ({ page }) => {
  await open(page, "/verify");
  await page.getByLabel("Bundle").fill(bundle());
  await expect(page.getByText(`The bundle begins at height ${content.trusted_height}`)).toBeVisible();
  await page.getByRole("button", { name: "Take what this node says" }).click();
  await expect(page.getByLabel("Hash", { exact: true })).toHaveValue(content.trusted_hash);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("the verdict is as good as the node");
});
