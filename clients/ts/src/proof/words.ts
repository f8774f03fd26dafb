// How verdicts write what they say.
import type { DescEnum } from "@bufbuild/protobuf";

/** A value of an enum as its name is; the number of one that is not known. */
export const nameOf = (of: DescEnum, value: number): string => of.value[value]?.name ?? String(value);

/** A value of an enum as people write it. */
export const word = (of: DescEnum, value: number, prefix: string): string =>
  nameOf(of, value).replace(prefix, "").toLowerCase().replaceAll("_", "-");

export const quote = (text: string): string => JSON.stringify(text);

/** Without what is empty, as Go's omitempty. */
export const optional = <T extends object>(o: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(o).filter(([, value]) => value !== undefined && value !== "" && value !== 0 && value !== false)) as never;
