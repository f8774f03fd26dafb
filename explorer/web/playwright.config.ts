import { defineConfig } from "@playwright/test";

// In Debian's Chromium against a live network that tests/explorer starts: `make test-explorer` at the root.
export default defineConfig({
  testDir: "tests",
  outputDir: "../../build/explorer/failed",
  timeout: 120_000,
  expect: { timeout: 30_000 },
  workers: 1, // the network is one, and the machine is small
  reporter: [["list"]],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
  },
});
