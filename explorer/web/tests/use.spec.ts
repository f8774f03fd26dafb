import { expect, type Page, test } from "@playwright/test";

import { content, rest, turn } from "./content";
import { open, settled, watch } from "./open";

test("search takes whatever the chain has a name for", async ({ page }) => {
  await open(page, "/");
  for (const [typed, to] of [
    ["2", "/blocks/2"],
    [content.tx, `/txs/${content.tx}`],
    [content.institution, `/institutions/${content.institution}`],
    [content.licence.toLowerCase(), `/institutions/${content.institution}`],
    [content.schema, `/schemas/${content.schema}`],
    ["aldermoor.income", `/schemas/${content.schema}`],
    [content.attestation, `/attestations/${content.attestation}`],
    [content.inquiry, `/inquiries/${content.inquiry}`],
    [content.dispute, `/disputes/${content.dispute}`],
    [content.contract, `/contracts/${content.contract}`],
    [content.accreditation, "/accreditations"],
  ] as const) {
    await page.getByRole("searchbox").fill(typed);
    await page.getByRole("searchbox").press("Enter");
    await expect(page, typed).toHaveURL(content.ui.replace(/\/$/, "") + to);
    await settled(page);
  }
  await page.getByRole("searchbox").fill("no such thing");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("The chain knows nothing of this.")).toBeVisible();
});

test("works without a mouse", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.getByRole("link", { name: "Institutions" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/institutions$/);
  await settled(page);
});

test("the first page comes quickly", async ({ page, context }) => {
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  let more = 0;
  let interactive = false;
  const ours = new Set<string>();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith(content.ui)) ours.add(requestId);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!ours.has(requestId)) return;
    if (interactive) more += encodedDataLength;
    else bytes += encodedDataLength;
  });
  const began = Date.now();
  await page.goto(content.ui, { waitUntil: "commit" });
  await page.getByRole("searchbox").fill("x"); // whoever can type can use it
  await expect(page.getByText("Height", { exact: true }).locator("xpath=following-sibling::*")).toHaveText(/^\d+$/);
  const ms = Date.now() - began;
  interactive = true;
  await expect(page.locator("figure svg").first()).toBeVisible();
  console.log(`first load: ${(bytes / 1024).toFixed(0)} KiB until the page can be used and shows the height, after ${ms} ms; ${(more / 1024).toFixed(0)} KiB later`);
  expect(bytes).toBeLessThan(300 * 1024);
});

/** Names of files that the page has. */
const loaded = (page: Page) => page.evaluate(() => performance.getEntriesByType("resource").map((r) => r.name).join(" "));

test("survives the node going away and coming back", async ({ page }) => {
  const state = page.getByTestId("node-state");
  for (const [away, back] of [["kill", "restart"], ["pause", "resume"]] as const) {
    await open(page, "/institutions");
    await expect(state).toHaveText(/^\d+$/);
    const before = Number(await state.textContent());
    await expect.poll(() => loaded(page), { message: "the other pages are fetched" }).toContain("schemas");
    await turn(away);
    await expect(state, away).toHaveText("no answer");
    await expect(page.getByRole("row", { name: content.licence })).toBeVisible(); // what was shown stays
    await page.getByRole("link", { name: "Schemas" }).first().click(); // a page that was not loaded yet
    await turn(back);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Schemas");
    await expect(page.getByRole("row", { name: "aldermoor.income" })).toBeVisible();
    await expect.poll(async () => Number(await state.textContent()), { message: back }).toBeGreaterThan(before);
  }
});

test("nothing about a person is kept in the browser", async ({ page }) => {
  const wrong = watch(page);
  await open(page, `/inquiries/${content.inquiry}`);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie);
  expect(kept).not.toContain(content.subject);
  expect(kept).not.toContain(content.identity);
  const { subject } = (await rest(`/creditd/credit/v1/inquiries/${content.inquiry}`)).inquiry;
  expect(await page.locator("body").innerText()).not.toContain(subject);
  expect(wrong).toEqual([]);
});
