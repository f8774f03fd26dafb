import { Button, Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { List, Paged } from "../api/queries";
import { type Column, DataTable } from "./data-table";
import { ErrorState, Loading } from "./states";

/** A list of the chain, page by page: the first at once, each further one when it is asked for. */
export function PagedTable<P extends Paged, T>({ of, rowsOf, caption, columns, keyOf, empty }: {
  of: List<P>;
  rowsOf: (page: P) => T[];
  caption: string;
  columns: Column<T>[];
  keyOf: (row: T) => string;
  empty: string;
}) {
  const { t } = useTranslation();
  const list = useInfiniteQuery({
    queryKey: of.key,
    queryFn: ({ pageParam, signal }) => of.page(pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.pagination?.next_key ?? undefined,
  });
  if (!list.data) return list.error ? <ErrorState error={list.error} again={() => void list.refetch()} /> : <Loading />;
  return (
    <>
      <DataTable caption={caption} columns={columns} rows={list.data.pages.flatMap(rowsOf)} keyOf={keyOf} empty={empty} />
      {list.hasNextPage && (
        <Group justify="center" mt="sm" className="no-print">
          <Button variant="light" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("page.more")}
          </Button>
        </Group>
      )}
    </>
  );
}
