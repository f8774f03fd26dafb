import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { type BrowserContext, expect, type Page, test as anew } from "@playwright/test";

import { cases } from "./cases";
import { content } from "./content";
import { accessible, open, settled, watch } from "./open";

const shots = process.env.SHOTS ?? "../../build/explorer";
mkdirSync(shots, { recursive: true });

const devices = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ["light", "dark"] as const;

/** All pages in one profile, as somebody who goes from one to the next has them: the program is loaded once. */
const test = anew.extend<object, { profile: BrowserContext }>({
  profile: [async ({ browser }, use) => {
    const profile = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", viewport: devices.desktop });
    await use(profile);
    await profile.close();
  }, { scope: "worker" }],
  page: async ({ profile }, use) => {
    const page = await profile.newPage();
    await use(page);
    await page.close();
  },
});

for (const one of cases) {
  test(one.name, async ({ page }) => {
    const wrong = watch(page);
    await open(page, one.path);
    await one.shows(page);
    await settled(page);
    for (const scheme of schemes) {
      await wear(page, scheme);
      await accessible(page, `${one.name}, ${scheme}`);
    }
    for (const [device, size] of Object.entries(devices)) await picture(page, one.name, device, size);
    expect(await page.content()).not.toContain(content.identity);
    expect(wrong).toEqual([]);
  });
}

/** Have the system be light or dark. The page hears of it a moment later. */
async function wear(page: Page, scheme: (typeof schemes)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
}

/** The whole page on a screen that is long enough for it, in both colour schemes. */
async function picture(page: Page, name: string, device: string, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  // What is drawn follows a moment later.
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: `${name} is wider than a ${device}` }).toBeLessThanOrEqual(size.width);
  const long = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: size.width, height: Math.max(size.height, long) });
  for (const scheme of schemes) {
    await wear(page, scheme);
    await page.screenshot({ path: join(shots, `${name}-${scheme}-${device}.png`) });
  }
}

anew("in Chinese", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("button", { name: "中文" }).click();
  for (const path of ["/", "/supervisor", "/governance", `/institutions/${content.institution}`, `/contracts/${content.contract}`]) {
    await open(page, path);
    await expect(page.locator("html")).toHaveAttribute("lang", "zh");
    await expect(page.getByRole("link", { name: "概览" }).first()).toBeVisible();
  }
  await accessible(page, "in Chinese");
});

anew("for print", async ({ page }) => {
  await open(page, `/institutions/${content.institution}`);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.locator("main")).toContainText(content.institution);
  expect(await page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor)).toBe("rgb(255, 255, 255)");
});
