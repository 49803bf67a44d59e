/** An instant as the API writes it: ISO 8601 in UTC. */
export function instantText(at: number): string {
  return new Date(at).toISOString();
}

/** The same where there may be none. */
export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instantText(at);
}
