import { get, type Parameters } from "./client";
import type { Paged } from "./queries";

/** Entries of a list over pages of a hundred, at most `most`, in the order of the chain; what is beyond is not read. */
export async function all<T>(path: string, name: string, most: number, parameters: Parameters = {}, signal?: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  let key: string | undefined;
  do {
    const page = await get<Paged & Record<string, unknown>>(
      path,
      { ...parameters, "pagination.limit": Math.min(100, most - found.length), "pagination.key": key },
      signal,
    );
    found.push(...(page[name] as T[]));
    key = page.pagination.next_key ?? undefined;
  } while (key && found.length < most);
  return found;
}
