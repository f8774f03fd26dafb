import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm run dev` finds a node: the first of a devnet by default.
const node = process.env.CREDITD_API ?? "http://127.0.0.1:1317";

// The TypeScript client is built from its source, with the packages that it is tested with.
const client = fileURLToPath(new URL("../../clients/ts", import.meta.url));

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  resolve: {
    alias: { "@creditd/client": `${client}/src` },
  },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    // Everything is a file of its own: the content security policy of the node allows neither inline scripts nor data: images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false, // explorer_test.go measures what the node sends
    chunkSizeWarningLimit: 600, // charts and graphs, loaded when one is drawn
  },
  server: {
    proxy: { "/creditd": node, "/cosmos": node, "/ui/peers.json": node, "/indexer": node, "^/$": node },
  },
});
