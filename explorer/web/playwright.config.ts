import { defineConfig } from "@playwright/test";

// In Debian's Chromium against a live network that tests/explorer starts: `make test-explorer` at the root.
export default defineConfig({
  testDir: "tests",
  outputDir: "../../build/explorer/failed",
  // Against hanging alone: every wait is for a state, on a machine that may do much else.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  workers: 2, // the machine is small
  projects: [
    { name: "look", testMatch: "pages.spec.ts", fullyParallel: true },
    // What changes the one network, or takes a node away, goes one after the other, when nobody looks.
    { name: "act", testIgnore: "pages.spec.ts", workers: 1, dependencies: ["look"] },
  ],
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    },
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
  },
});
