import "@mantine/core/styles.css";
import "./shell/shell.css";

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { queries } from "./api/queries";
import { start } from "./i18n";
import { opened } from "./lib/opened";
import { router } from "./router";
import { readable, theme } from "./shell/theme";

await start();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

// Whoever goes on to another page while the node is away still gets the page, with what it knows and the word that the node does
// not answer.
const others = import.meta.glob("./pages/*.tsx");
void opened.then(() => Object.values(others).forEach((load) => void load().catch(() => undefined)));
