import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { ErrorState } from "./components/states";
import { NotFound } from "./pages/not-found";
import { Overview } from "./pages/overview";
import { Shell } from "./shell/shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: ({ error }) => <ErrorState error={error as Error} /> });

// The first page comes with the first file; every other one is loaded when it is opened.
const routes = [
  createRoute({ getParentRoute: () => root, path: "/", component: Overview }),
  createRoute({ getParentRoute: () => root, path: "/blocks", component: lazyRouteComponent(() => import("./pages/blocks"), "Blocks") }),
  createRoute({ getParentRoute: () => root, path: "/blocks/$height", component: lazyRouteComponent(() => import("./pages/block"), "BlockPage") }),
  createRoute({ getParentRoute: () => root, path: "/txs/$hash", component: lazyRouteComponent(() => import("./pages/transaction"), "TransactionPage") }),
  createRoute({ getParentRoute: () => root, path: "/institutions", component: lazyRouteComponent(() => import("./pages/institutions"), "Institutions") }),
  createRoute({
    getParentRoute: () => root,
    path: "/institutions/$operator",
    component: lazyRouteComponent(() => import("./pages/institution"), "InstitutionPage"),
  }),
  createRoute({ getParentRoute: () => root, path: "/schemas", component: lazyRouteComponent(() => import("./pages/schemas"), "Schemas") }),
  createRoute({ getParentRoute: () => root, path: "/schemas/$id", component: lazyRouteComponent(() => import("./pages/schema"), "SchemaPage") }),
  createRoute({
    getParentRoute: () => root,
    path: "/attestations/$id",
    component: lazyRouteComponent(() => import("./pages/attestation"), "AttestationPage"),
  }),
  createRoute({ getParentRoute: () => root, path: "/contracts", component: lazyRouteComponent(() => import("./pages/contracts"), "Contracts") }),
  createRoute({ getParentRoute: () => root, path: "/contracts/$id", component: lazyRouteComponent(() => import("./pages/contract"), "ContractPage") }),
  createRoute({
    getParentRoute: () => root,
    path: "/accreditations",
    component: lazyRouteComponent(() => import("./pages/accreditations"), "Accreditations"),
  }),
  createRoute({ getParentRoute: () => root, path: "/inquiries/$id", component: lazyRouteComponent(() => import("./pages/inquiry"), "InquiryPage") }),
  createRoute({ getParentRoute: () => root, path: "/disputes/$id", component: lazyRouteComponent(() => import("./pages/dispute"), "DisputePage") }),
  createRoute({ getParentRoute: () => root, path: "/supervisor", component: lazyRouteComponent(() => import("./pages/supervisor"), "Supervisor") }),
  createRoute({ getParentRoute: () => root, path: "/verify", component: lazyRouteComponent(() => import("./pages/verify"), "Verify") }),
  createRoute({ getParentRoute: () => root, path: "/subject", component: lazyRouteComponent(() => import("./pages/subject"), "SubjectPage") }),
  createRoute({ getParentRoute: () => root, path: "/governance", component: lazyRouteComponent(() => import("./pages/governance"), "Governance") }),
  createRoute({ getParentRoute: () => root, path: "/network", component: lazyRouteComponent(() => import("./pages/network"), "Network") }),
];

export const router = createRouter({ routeTree: root.addChildren(routes), basepath: "/ui", defaultPreload: "intent", scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
