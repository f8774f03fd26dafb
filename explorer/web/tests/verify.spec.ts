import { readFileSync } from "node:fs";

import { expect, test } from "@playwright/test";

import { check, checkReport, everyLine, fourGood } from "./acts";
import { content } from "./content";
import { accessible, open, watch } from "./open";

const bundle = (): string => readFileSync(content.bundle, "utf8");

test("a good bundle is proven, without asking a node", async ({ page }) => {
  const wrong = watch(page);
  await open(page, "/verify");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await check(page, bundle());
  await fourGood(page);
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
  await expect(page.getByText(`The file begins at height ${content.trusted_height}`)).toBeVisible();
  await page.getByRole("button", { name: "Take what this node says" }).click();
  await expect(page.getByLabel("Hash", { exact: true })).toHaveValue(content.trusted_hash);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("the verdict is as good as the node");
});

test("a whole report is proven, without asking a node; what is altered is refused", async ({ page }) => {
  const wrong = watch(page);
  const good = readFileSync(content.report, "utf8");
  await open(page, "/verify");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await checkReport(page, good);
  await everyLine(page);
  expect(asked.filter((path) => !path.startsWith("/ui/assets/") && !path.endsWith("/blocks/latest"))).toEqual([]);
  await accessible(page, "verify-report");
  const at = good.indexOf('"entries"') + 120;
  const altered = good.slice(0, at) + (good[at] === "A" ? "B" : "A") + good.slice(at + 1);
  for (const [text, hash, why] of [
    [altered, content.report_hash, "altered, left out or put in"], [good, "ab".repeat(32), "does not lead from the header that you trust"],
    [good.slice(0, 5000), content.report_hash, "not whole"], [good.slice(0, -1), content.report_hash, "not whole"],
  ] as const) {
    await checkReport(page, text, hash);
    await expect(page.getByTestId("report-refused")).toContainText(why);
    await expect(page.getByRole("article")).toHaveCount(0);
  }
  const { records } = JSON.parse(good) as { records: string[] };
  await checkReport(page, good.replace(`"${records[0]}",`, ""));
  await expect(page.getByTestId("report-verdict")).toContainText(`${records.length - 1} of ${records.length} lines are verified`);
  await expect(page.getByTestId("line-withheld")).toContainText("the file has no record of it");
  expect(wrong).toEqual([]);
});
