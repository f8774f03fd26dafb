import { latestBlock, queries } from "../api/queries";

/**
 * Resolves once the page that was opened first is usable: the node's first answer to what every page asks is on it, or that the
 * node does not answer. What can be had later (charts, other pages) is fetched after that, and takes nothing from it.
 */
export const opened = new Promise<void>((resolve) => {
  const wanted = JSON.stringify(latestBlock.queryKey);
  const stop = queries.getQueryCache().subscribe(({ query }) => {
    if (query.state.status === "pending" || JSON.stringify(query.queryKey) !== wanted) return;
    stop();
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 1000 });
    else setTimeout(resolve);
  });
});
