/** One turn of the event loop, in which whatever has arrived meanwhile is taken up. */
export function letOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
