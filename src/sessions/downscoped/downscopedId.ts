/** The id of a downscoped session: it tells its parent, also when the session is no longer known. */
export function downscopedId(parentId: string, request: string): string {
  return `${parentId}:${request}`;
}

/** The id of the session that one with this id was exchanged from; undefined for the id of no downscoped session. */
export function parentIdOf(id: string): string | undefined {
  const end = id.lastIndexOf(':');
  return end < 0 ? undefined : id.slice(0, end);
}
