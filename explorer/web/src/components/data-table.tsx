import { ScrollArea, Table } from "@mantine/core";
import type { ReactNode } from "react";

import { Empty } from "./states";

export interface Column<T> {
  name: string;
  cell: (row: T) => ReactNode;
}

/** Rows in the order they come. On a phone it scrolls sideways in itself, with the keyboard too. */
export function DataTable<T>({ caption, columns, rows, keyOf, empty }: {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  empty: string;
}) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <ScrollArea type="auto" tabIndex={0} role="region" aria-label={caption}>
      <Table striped highlightOnHover miw={520}>
        <caption style={{ position: "absolute", left: "-999rem" }}>{caption}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.name} scope="col">
                {column.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map((column) => (
                <Table.Td key={column.name}>{column.cell(row)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
