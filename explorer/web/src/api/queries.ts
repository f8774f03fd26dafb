import { QueryClient, queryOptions } from "@tanstack/react-query";

import { ApiError, get } from "./client";
import type { Block, Institution, Page, Tx, TxResponse } from "./types";

/** Milliseconds between two looks at what changes with each block. */
export const live = 2000;

/** What a page shows stays on the screen while the node is away; it is asked for again until it is back. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: live,
      networkMode: "always", // the node may be on this very machine
      retry: (count, error) => error instanceof ApiError && error.unreachable && count < 2,
      retryDelay: 1000,
      refetchOnReconnect: true,
      // A page that was opened while the node was away shows what it asked for as soon as the node is back.
      refetchInterval: (query) => (query.state.status === "error" && query.state.error instanceof ApiError && query.state.error.unreachable ? live : false),
    },
  },
});

/** Bytes of a page key go into the address as they came. */
export interface Paged {
  pagination: Page;
}

/** A list of the chain that is read page by page; P is the node's answer. */
export interface List<P extends Paged> {
  key: readonly unknown[];
  page: (from: string, signal: AbortSignal) => Promise<P>;
}

/** The list at a path, `limit` entries a page. */
export function list<P extends Paged>(path: string, parameters: Record<string, string> = {}, limit = 50): List<P> {
  return {
    key: [path, parameters, limit],
    page: (from, signal) => get<P>(path, { ...parameters, "pagination.limit": limit, "pagination.key": from }, signal),
  };
}

export const latestBlock = queryOptions({
  queryKey: ["block", "latest"],
  queryFn: ({ signal }) => get<Block>("/cosmos/base/tendermint/v1beta1/blocks/latest", {}, signal),
  refetchInterval: live,
  retry: false, // that the node is away is said at once; the next look comes anyway
});

export const block = (height: string) =>
  queryOptions({
    queryKey: ["block", height],
    queryFn: ({ signal }) => get<Block>(`/cosmos/base/tendermint/v1beta1/blocks/${height}`, {}, signal),
    staleTime: Infinity, // a committed block does not change
  });

export interface BlockTxs {
  tx_responses: TxResponse[];
  total: string;
}

export const blockTxs = (height: string) =>
  queryOptions({
    queryKey: ["block", height, "txs"],
    queryFn: ({ signal }) => get<BlockTxs>("/cosmos/tx/v1beta1/txs", { query: `tx.height=${height}`, limit: 100 }, signal),
  });

export interface TxAnswer {
  tx: Tx;
  tx_response: TxResponse;
}

export const transaction = (hash: string) =>
  queryOptions({
    queryKey: ["tx", hash],
    queryFn: ({ signal }) => get<TxAnswer>(`/cosmos/tx/v1beta1/txs/${hash}`, {}, signal),
    staleTime: Infinity,
  });

export const latestTxs = (limit: number) =>
  queryOptions({
    queryKey: ["txs", "latest", limit],
    queryFn: ({ signal }) => get<BlockTxs>("/cosmos/tx/v1beta1/txs", { query: "tx.height>0", limit, order_by: "ORDER_BY_DESC" }, signal),
    refetchInterval: live,
  });

export interface Institutions extends Paged {
  institutions: Institution[];
}

/** Every institution, by operator: there are at most a few hundred, and pages need their names. */
export const institutions = queryOptions({
  queryKey: ["institutions"],
  queryFn: async ({ signal }) => {
    const all: Institution[] = [];
    let key: string | undefined;
    do {
      const page: Institutions = await get("/creditd/institution/v1/institutions", { "pagination.limit": 100, "pagination.key": key }, signal);
      all.push(...page.institutions);
      key = page.pagination.next_key ?? undefined;
    } while (key);
    return all;
  },
  staleTime: 60_000,
});

export interface Syncing {
  syncing: boolean;
  earliest_block_height: string;
  latest_block_height: string;
}

export interface ValidatorSet extends Paged {
  members: { operator: string; power: string; retained: boolean }[];
}

export const validatorSet = queryOptions({
  queryKey: ["validators"],
  queryFn: ({ signal }) => get<ValidatorSet>("/creditd/institution/v1/validator_set", { "pagination.limit": 100 }, signal),
  refetchInterval: 10 * live,
});
