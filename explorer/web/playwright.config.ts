import { defineConfig } from "@playwright/test";

// The whole run against a live devnet in Debian's Chromium: tests/global-setup.ts starts it, or takes the one of CREDITD_UI.
export default defineConfig({
  testDir: "tests",
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: [["list"]],
  use: {
    baseURL: process.env.CREDITD_UI ?? "http://127.0.0.1:5173/ui/",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
    locale: "en-GB",
    timezoneId: "UTC",
  },
});
